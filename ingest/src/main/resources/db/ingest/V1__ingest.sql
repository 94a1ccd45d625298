-- Where each capture stands in its source's log; keys and values are Debezium's.
create table debezium_offset (
  engine text not null,
  key bytea not null,
  value bytea,
  changed_at timestamptz not null default now(),
  primary key (engine, key)
);

-- Tables whose rows from before their capture have been delivered.
create table captured_table (
  engine text not null,
  table_name text not null,
  captured_at timestamptz not null default now(),
  primary key (engine, table_name)
);

-- Databases with a slot of ours, until it has been dropped. No secrets.
create table source (
  engine text primary key,
  organization text not null,
  source jsonb not null,
  captured_since timestamptz not null default now()
);
