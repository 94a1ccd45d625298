/// Trainings by the clock: cron patterns in a time zone, and the ticks that come of them. One tick
/// for each due time, however many instances run; what was missed while none ran is made up for
/// once.
@NullMarked
package dev.anneal.control.schedule;

import org.jspecify.annotations.NullMarked;
