-- What ingest captures: one row for an organization, one for each model, as Avro's records in JSON.
create table control.organization (
  name text primary key,
  document jsonb not null,
  changed_at timestamptz not null
);

create table control.model (
  organization text not null,
  name text not null,
  document jsonb not null,
  changed_at timestamptz not null,
  primary key (organization, name)
);

-- What the user wrote, to be read back and edited; not captured.
create table control.applied (
  organization text primary key,
  document jsonb not null,
  applied_at timestamptz not null
);
