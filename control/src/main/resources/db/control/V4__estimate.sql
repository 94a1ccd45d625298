-- The newest estimate of each model's performance, which is made of scores without labels.
create table control.estimate (
  organization text not null,
  model text not null,
  document jsonb not null,
  primary key (organization, model)
);
