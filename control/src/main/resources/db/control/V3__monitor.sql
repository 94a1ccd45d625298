-- Read models of the lifecycle, drift and deployments topics; the topics are the truth.
create table control.event (
  sequence bigint generated always as identity primary key,
  event_id text not null unique,
  organization text not null,
  model text not null,
  kind text not null,
  request_id text,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  document jsonb not null
);

create index event_model on control.event (organization, model, sequence);

create table control.run (
  request_id text primary key,
  sequence bigint generated always as identity,
  organization text not null,
  model text not null,
  document jsonb not null
);

create index run_model on control.run (organization, model, sequence desc);

create table control.deployment (
  deployment_id text primary key,
  sequence bigint generated always as identity,
  organization text not null,
  model text not null,
  document jsonb not null
);

create index deployment_model on control.deployment (organization, model, sequence desc);

-- The newest retraining decision of each model.
create table control.decision (
  organization text not null,
  model text not null,
  document jsonb not null,
  primary key (organization, model)
);
