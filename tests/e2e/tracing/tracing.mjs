// SPDX-License-Identifier: Apache-2.0
//
// A node that traces: one JSON-RPC call is one trace from HTTP down to the engine, a client's trace goes on in the node, a restart links to
// what failed, and a collector that hangs, refuses or talks nonsense changes nothing but counters.
//
//   node tracing.mjs --alysd PROGRAM --data FOLDER
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Alysd } from '../lib/alysd.mjs';
import { eventually, main, options, step } from '../lib/check.mjs';
import { call } from '../lib/rpc.mjs';
import { Collector, tree } from './collector.mjs';

const given = options({ alysd: undefined, data: undefined });
const collector = new Collector();

// A node with a configuration file.
class Node extends Alysd {
  constructor(name, tracing) {
    super(given.alysd, join(given.data, name));
    this.file = join(given.data, `${name}.toml`);
    this.tracing = tracing;
  }
  async start() {
    await mkdir(this.data, { recursive: true });
    const lines = Object.entries({ endpoint: collector.url, interval: '50ms', flush_within: '5s', ...this.tracing });
    await writeFile(
      this.file,
      [
        `data_folder = ${JSON.stringify(this.data)}`,
        'dev_faults = true',
        '[chain]',
        'slot_duration = "200ms"',
        '[api]',
        'port = 0',
        '[tracing]',
        ...lines.map(([key, value]) => `${key} = ${JSON.stringify(value)}`),
        '',
      ].join('\n'),
    );
    await super.start();
  }
  command() {
    return [this.binary, ['run', '--config', this.file]];
  }
  async metric(name) {
    const page = await (await fetch(`${this.url}/metrics`)).text();
    const line = page.split('\n').find((l) => l.startsWith(`${name} `));
    return Number(line?.split(' ').at(-1));
  }
  // Because the queue was full, or because no attempt was answered.
  async dropped() {
    return (await this.metric('alys_spans_dropped_total{reason="full"}')) + (await this.metric('alys_spans_dropped_total{reason="failed"}'));
  }
}

let lastTrace = 0x4bf92f3577b34da6a3ce929d0e0e4736n;

// Calls with a trace of our own, and gives its id and that of our span.
async function traced(node, method, params = [], flags = '01') {
  const trace = (++lastTrace).toString(16).padStart(32, '0');
  const span = '00f067aa0ba902b7';
  const response = await fetch(node.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent: `00-${trace}-${span}-${flags}`, tracestate: 'rojo=00f067aa0ba902b7 , congo=t61rcWkgMzE' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  return { trace, span, answer: await response.json() };
}

// The spans of a trace once one of that name is among them.
const whole = (trace, name) =>
  eventually(`the trace has ${name}`, () => {
    const found = collector.trace(trace);
    return found.some((s) => s.name.endsWith(name)) && found.some((s) => s.kind === 2) ? found : undefined;
  });

const one = (spans, name) => {
  const found = spans.filter((s) => s.name.endsWith(name));
  assert.equal(found.length, 1, `${found.length} spans are named ${name}:\n${tree(spans)}`);
  return found[0];
};

const node = new Node('listening', { ratio: 0 });

await main(
  async () => {
    await mkdir(given.data, { recursive: true });
    await collector.start();
    await step('a node starts with tracing', () => node.start());

    await step('one call is one trace from HTTP through the API and the chain to the engine', async () => {
      const { trace, span, answer } = await traced(node, 'eth_getBalance', [node.account ?? `0x${'11'.repeat(20)}`, 'latest']);
      assert.equal(answer.error, undefined);
      const spans = await whole(trace, 'find_account');
      const edge = one(spans, 'POST');
      assert.equal(edge.kind, 2);
      assert.equal(edge.parent, span);
      assert.equal(edge.state, 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE');
      assert.equal(edge.attributes['http.request.method'], 'POST');
      assert.equal(edge.attributes['url.path'], '/');
      assert.equal(edge.attributes['http.response.status_code'], 200n);
      const api = one(spans, 'http_call');
      assert.equal(api.attributes['alys.actor.path'], '/root/api/http');
      assert.equal(api.attributes['rpc.method'], 'eth_getBalance');
      assert.equal(api.attributes['alys.outcome'], 'handled');
      assert(api.attributes['alys.queue_wait_ns'] >= 0n);
      const asked = spans.filter((s) => s.name.endsWith('find_account'));
      const chain = asked.find((s) => s.attributes['alys.actor.path'] === '/root/chain/chain');
      const engine = asked.find((s) => s.attributes['alys.actor.path'] === '/root/chain/engine') ?? spans.find((s) => s.attributes['alys.actor.path'] === '/root/chain/engine');
      assert(chain && engine, `not all the way:\n${tree(spans)}`);
      assert.equal(api.parent, edge.id);
      assert.equal(chain.parent, api.id);
      assert.equal(engine.parent, chain.id);
      for (const inner of [api, chain, engine]) assert(inner.start >= edge.start, 'nothing begins before the request');
      assert(engine.end <= chain.end && chain.end <= edge.end, 'what is asked ends before who asks');
      assert.equal(edge.resource['service.name'], 'alysd');
      assert.match(edge.resource['service.version'], /^\d+\.\d+\.\d+$/);
    });

    await step('a refused call says so', async () => {
      const { trace } = await traced(node, 'eth_sendRawTransaction', ['0x02']);
      const spans = await whole(trace, 'http_call');
      const refused = spans.filter((s) => s.attributes['alys.outcome'] === 'refused');
      for (const s of refused) assert.equal(s.status, 0, 'a refusal is an answer');
    });

    await step('a trace that its client does not sample is not exported', async () => {
      const left = await traced(node, 'eth_blockNumber', [], '00');
      const taken = await traced(node, 'eth_blockNumber');
      await whole(taken.trace, 'find_head');
      assert.deepEqual(collector.trace(left.trace), []);
    });

    await step('a traceparent that is none changes nothing', async () => {
      for (const wrong of ['', 'ff-0', '00-xyz', '00-00000000000000000000000000000000-00f067aa0ba902b7-01', 'x'.repeat(4_000)]) {
        const response = await fetch(node.url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', traceparent: wrong, tracestate: '====' },
          body: '{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}',
        });
        assert.equal(response.status, 200);
      }
    });

    await step('a restart links to the span that failed', async () => {
      const { trace } = await traced(node, 'injectfault', ['/root/chain/aura', 'throw']);
      const spans = await whole(trace, 'restart');
      const failed = one(spans, 'an injected fault');
      assert.equal(failed.status, 2);
      assert.equal(failed.attributes['alys.outcome'], 'failed');
      assert.match(failed.message, /a fault was injected/);
      assert.equal(failed.parent, one(spans, 'http_call').id);
      const restart = spans.find((s) => s.name === 'restart' && s.attributes['alys.actor.path'] === '/root/chain/aura');
      assert(restart, tree(spans));
      assert.deepEqual(restart.links, [{ trace, id: failed.id }]);
      assert.equal(restart.attributes['alys.actor.incarnation'], failed.attributes['alys.actor.incarnation'] + 1n);
    });

    await step('every parent that is of this node was exported too, and no rule was broken', async () => {
      assert.equal(await node.metric('alys_spans_dropped_total{reason="refused"}'), 0);
      assert.deepEqual(collector.violations, []);
      const client = '00f067aa0ba902b7';
      for (const span of collector.spans.values())
        assert(span.parent === undefined || span.parent === client || collector.spans.get(span.parent)?.trace === span.trace, `${span.name} has no parent`);
      await eventually('the node counts them', async () => (await node.metric('alys_spans_exported_total')) === collector.spans.size);
    });

    await step('the last spans come when the node stops', async () => {
      const { trace } = await traced(node, 'eth_blockNumber');
      assert.equal(await node.stop(), 0);
      assert(collector.trace(trace).length >= 3, tree(collector.trace(trace)));
    });

    for (const mode of ['hang', 'garbage', 'refuse']) {
      await step(`a collector that is told to ${mode} costs spans and nothing else`, async () => {
        collector.mode = mode;
        const before = collector.requests;
        const loaded = new Node(mode, { ratio: 1, queue: 50, batch: 10, timeout: '100ms', flush_within: '100ms' });
        await loaded.start();
        await eventually('the collector is asked', () => collector.requests > before);
        await eventually('spans are dropped', async () => {
          await call(loaded.url, 'eth_blockNumber');
          return (await loaded.dropped()) > 0;
        });
        const height = Number(await call(loaded.url, 'eth_blockNumber'));
        await eventually('blocks go on', async () => Number(await call(loaded.url, 'eth_blockNumber')) >= height + 3);
        assert.equal(await loaded.metric('alys_spans_exported_total'), 0);
        assert((await loaded.metric('alys_spans_queued')) <= 50);
        const begun = performance.now();
        assert.equal(await loaded.stop(), 0);
        assert(performance.now() - begun < 15_000, 'the end does not wait for the collector');
      });
    }
  },
  async () => {
    await node.stop().catch(() => {});
    collector.stop();
  },
);
