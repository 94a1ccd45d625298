// Asks for a training and waits until the model serves, knowing only Kafka, the registry and the topics' names.
// usage: node client.mjs BOOTSTRAP REGISTRY ORGANIZATION MODEL DATA_TO (ms since 1970); prints a JSON line per event of its request.
import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';

const [bootstrap, registryUrl, organization, model, dataTo] = process.argv.slice(2);
const limitMillis = 120_000;
const registry = new SchemaRegistry({ host: registryUrl });
const kafka = new Kafka({ clientId: 'outside', brokers: [bootstrap], logLevel: logLevel.ERROR });
const requestId = randomUUID();

const consumer = kafka.consumer({ groupId: `outside-${requestId}` });
await consumer.connect();
await consumer.subscribe({ topic: 'anneal.model.lifecycle', fromBeginning: true });
const deployed = new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error(`no ModelDeployed within ${limitMillis} ms`)), limitMillis).unref();
  consumer.run({
    eachMessage: async ({ message }) => {
      const event = await registry.decode(message.value);
      if (event.requestId !== requestId && event.requestId?.string !== requestId) return;
      // a union branch is an object with its name as the only key, or an instance of the branch's class
      const type = Object.keys(event.event).find((k) => k.startsWith('dev.anneal.')) ?? event.event.constructor.name;
      console.log(JSON.stringify({ key: message.key.toString(), type: type.split('.').at(-1), eventId: event.eventId }));
      if (type.endsWith('ModelDeployed')) resolve();
      if (/TrainingFailed|ModelRejected/.test(type)) reject(new Error(JSON.stringify(event.event)));
    },
  });
});

const producer = kafka.producer();
await producer.connect();
const schemaId = await registry.getLatestSchemaId('anneal.train.requests-value');
const value = await registry.encode(schemaId, {
  requestId,
  organization,
  model,
  cause: 'MANUAL',
  reason: 'an outside client asks',
  requestedBy: 'client.mjs',
  requestedAt: Date.now() * 1000,
  dataFrom: null,
  dataTo: Number(dataTo) * 1000,
  overrides: {},
  traceparent: null,
});
await producer.send({ topic: 'anneal.train.requests', messages: [{ key: `${organization}/${model}`, value }] });
await deployed;
await producer.disconnect();
await consumer.disconnect();
process.exit(0);
