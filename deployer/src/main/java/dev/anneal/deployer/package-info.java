/// The deployer decides which version of a model serves, and serves it.
///
/// In: candidates (`anneal.model.lifecycle`), commands (`anneal.deploy.commands`), definitions
/// (`anneal.models`), feature rows (`anneal.features.*`). Out: `anneal.deployments` (the truth that
/// every scorer follows), what became of each candidate and command (`anneal.model.lifecycle`),
/// `anneal.predictions.<org>`, `anneal.alerts`, and answers over HTTP.
///
/// Promise: only a version that passed the [gate][dev.anneal.deployer.Gate] ever serves; a request
/// is answered by the old version or the new one, never by none; a version that cannot be loaded
/// leaves the old one in place and raises an alert; a redelivered candidate or command changes
/// nothing; what a person rolled back to is not replaced by a training asked for before; and what
/// fails because the process stops is no verdict: it is done again after the next start.
@NullMarked
package dev.anneal.deployer;

import org.jspecify.annotations.NullMarked;
