-- Request ids are per organization: two organizations may choose the same.
alter table control.run drop constraint run_pkey;
alter table control.run add primary key (organization, request_id);
