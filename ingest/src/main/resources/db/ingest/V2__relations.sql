-- What a captured table was when its older rows had been delivered: its OID and those of its partitions. A table of the same name
-- with another OID is another one.
create table captured_relation (
  engine text not null,
  table_name text not null,
  relation bigint not null,
  captured_at timestamptz not null default now(),
  primary key (engine, table_name, relation)
);
