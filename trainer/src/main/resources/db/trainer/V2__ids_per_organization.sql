-- Ids of requests and commands are per organization: two organizations may choose the same. Rows of requests that were
-- refused before have no run that names their organization; '' stands for any.
alter table request add column organization text not null default '';
alter table request add column model text not null default '';
update request q set organization = r.organization, model = r.model from run r where r.run_id = q.run_id;
alter table request drop constraint request_pkey;
alter table request add primary key (organization, request_id);
alter table run drop constraint run_request_id_key;
alter table run add unique (organization, request_id);

alter table command add column organization text not null default '';
alter table command add column model text not null default '';
alter table command drop constraint command_pkey;
alter table command add primary key (organization, command_id);
