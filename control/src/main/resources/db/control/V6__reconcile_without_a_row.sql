-- Each instance reconciles schedules by itself: a row of its own kept it from doing so where the clock had been ahead.
delete from control.scheduled_tasks where task_name = 'reconcile';
