/// Notifier: tells people in Slack, or on standard output where no Slack is set.
///
/// In: `anneal.model.lifecycle`, `anneal.drift`, `anneal.alerts`, `anneal.models` (who wants to be
/// told), `anneal.notifications` (what has been told). Out: messages, and one `Notification` record
/// for each.
///
/// Promise: at least once. A message is recorded after it was sent, and what is recorded is not
/// sent again, whatever is replayed; only a kill between the two sends a message twice. Slack being
/// away holds up this stage and no other. Alerts that wait for a summary are told when the notifier
/// stops, and come again after a kill. What Slack refuses for good is in
/// `anneal.deadletters.notifier`.
@NullMarked
package dev.anneal.notifier;

import org.jspecify.annotations.NullMarked;
