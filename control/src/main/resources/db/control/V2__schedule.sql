-- db-scheduler's table: one execution for each model with an enabled schedule.
create table control.scheduled_tasks (
  task_name text not null,
  task_instance text not null,
  task_data bytea,
  execution_time timestamptz not null,
  picked boolean not null,
  picked_by text,
  last_success timestamptz,
  last_failure timestamptz,
  consecutive_failures int,
  last_heartbeat timestamptz,
  version bigint not null,
  priority smallint,
  primary key (task_name, task_instance)
);

create index scheduled_tasks_execution_time on control.scheduled_tasks (execution_time);
create index scheduled_tasks_heartbeat on control.scheduled_tasks (last_heartbeat);
