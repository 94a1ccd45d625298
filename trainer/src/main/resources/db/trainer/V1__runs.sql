-- One training from its request to its end. A run has one outcome: states SUCCEEDED, FAILED and CANCELLED are final.
create table run (
  run_id           text        primary key,
  request_id       text        not null unique,
  organization     text        not null,
  model            text        not null,
  version          text        not null,
  cause            text        not null,
  reason           text        not null,
  requested_by     text        not null,
  requested_at     timestamptz not null,
  data_from_micros bigint,
  data_to_micros   bigint,
  overrides        jsonb       not null,
  traceparent      text,
  state            text        not null
    check (state in ('QUEUED', 'RUNNING', 'WAITING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
  -- the fence: every write of an attempt names it, so that one that was taken for dead writes nothing more
  attempt          integer     not null default 0,
  failures         integer     not null default 0,
  -- attempts whose process was gone without a word
  deaths           integer     not null default 0,
  retry_at         timestamptz,
  cancelled_by     text,
  cancel_reason    text,
  code             text,
  message          text,
  queued_at        timestamptz not null default now(),
  started_at       timestamptz,
  ended_at         timestamptz
);
create index run_by_model on run (organization, model, state);
create unique index run_one_at_a_time on run (organization, model) where state = 'RUNNING';

-- Every request ever seen, also those that joined a queued run or were refused: the same id asks once.
create table request (
  request_id  text        primary key,
  run_id      text        references run,
  received_at timestamptz not null default now()
);

-- Cancels that were applied.
create table command (
  command_id  text        primary key,
  received_at timestamptz not null default now()
);

-- Lifecycle events of committed changes, to be published in this order.
create table outbox (
  id         bigserial   primary key,
  event_id   text        not null unique,
  key        text        not null,
  event      bytea       not null,
  created_at timestamptz not null default now(),
  sent_at    timestamptz
);
create index outbox_unsent on outbox (id) where sent_at is null;

-- db-scheduler's: who runs what, with heartbeats.
create table scheduled_tasks (
  task_name            text        not null,
  task_instance        text        not null,
  task_data            bytea,
  execution_time       timestamptz not null,
  picked               boolean     not null,
  picked_by            text,
  last_success         timestamptz,
  last_failure         timestamptz,
  consecutive_failures integer,
  last_heartbeat       timestamptz,
  version              bigint      not null,
  priority             smallint,
  primary key (task_name, task_instance)
);
create index scheduled_tasks_execution_time on scheduled_tasks (execution_time);
create index scheduled_tasks_last_heartbeat on scheduled_tasks (last_heartbeat);
