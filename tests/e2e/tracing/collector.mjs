// SPDX-License-Identifier: Apache-2.0
//
// A collector of spans that holds what it gets to the published schema of OTLP, as OpenTelemetry's own package ships it, and to what the
// specification says of spans. It may also be told to behave badly.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const { opentelemetry } = createRequire(import.meta.url)('@opentelemetry/otlp-transformer/build/src/generated/root.js');
const { ExportTraceServiceRequest, ExportTraceServiceResponse } = opentelemetry.proto.collector.trace.v1;

const hex = (bytes) => Buffer.from(bytes).toString('hex');
const value = (v) => v.stringValue ?? v.boolValue ?? v.doubleValue ?? (v.intValue === undefined || v.intValue === null ? undefined : BigInt(v.intValue.toString()));
const attributes = (list) => Object.fromEntries(list.map((a) => [a.key, value(a.value)]));

// One span, with ids as text and times as bigint. Throws if it breaks a rule.
function read(span, resource) {
  const id = (bytes, length, what) => {
    assert.equal(bytes.length, length, `${what} has ${length} bytes`);
    assert(bytes.some((b) => b !== 0), `${what} is not all zero`);
    return hex(bytes);
  };
  const found = {
    resource,
    trace: id(span.traceId, 16, 'a trace id'),
    id: id(span.spanId, 8, 'a span id'),
    parent: span.parentSpanId?.length ? id(span.parentSpanId, 8, 'a parent id') : undefined,
    state: span.traceState,
    name: span.name,
    kind: span.kind,
    start: BigInt(span.startTimeUnixNano.toString()),
    end: BigInt(span.endTimeUnixNano.toString()),
    attributes: attributes(span.attributes),
    links: span.links.map((l) => ({ trace: id(l.traceId, 16, 'a linked trace id'), id: id(l.spanId, 8, 'a linked span id') })),
    status: span.status?.code ?? 0,
    message: span.status?.message ?? '',
  };
  assert(found.name.length > 0, 'a span has a name');
  assert(found.start > 0n && found.start <= found.end, 'a span ends after its start');
  assert(found.kind >= 1 && found.kind <= 5, 'a span has a kind');
  assert.equal(span.flags & 1, 1, 'an exported span is sampled');
  assert([0, 1, 2].includes(found.status), 'a status is one of three');
  const keys = span.attributes.map((a) => a.key);
  assert.equal(new Set(keys).size, keys.length, 'no attribute twice');
  for (const event of span.events) {
    const at = BigInt(event.timeUnixNano.toString());
    assert(at >= found.start && at <= found.end, 'an event lies within its span');
  }
  return found;
}

export class Collector {
  constructor() {
    this.spans = new Map(); // id -> span
    this.requests = 0;
    this.violations = [];
    this.mode = 'listen'; // or 'hang', 'garbage', 'refuse'
    this.server = createServer((request, response) => this.#serve(request, response));
  }

  async start() {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.url = `http://127.0.0.1:${this.server.address().port}/v1/traces`;
  }
  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }

  async #serve(request, response) {
    const parts = [];
    for await (const part of request) parts.push(part);
    this.requests += 1;
    if (this.mode === 'hang') return;
    if (this.mode === 'garbage') return void request.socket.end('this is no HTTP at all\r\n\r\n');
    if (this.mode === 'refuse') return void response.writeHead(503, { 'retry-after': '0' }).end();
    try {
      this.#take(request, Buffer.concat(parts));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(ExportTraceServiceResponse.encode({}).finish());
    } catch (e) {
      this.violations.push(e);
      response.writeHead(400).end(String(e));
    }
  }

  #take(request, body) {
    assert.equal(request.method, 'POST');
    assert.equal(request.url, '/v1/traces');
    assert.equal(request.headers['content-type'], 'application/x-protobuf');
    const decoded = ExportTraceServiceRequest.decode(body);
    // The decoder skips what the schema has not: then less comes out again.
    assert.deepEqual(Buffer.from(ExportTraceServiceRequest.encode(decoded).finish()), body, 'every field is one of the schema');
    assert.equal(ExportTraceServiceRequest.verify(ExportTraceServiceRequest.toObject(decoded)), null);
    for (const { resource, scopeSpans } of decoded.resourceSpans) {
      for (const { scope, spans } of scopeSpans) {
        assert.equal(scope.name, 'alys');
        for (const each of spans) {
          const span = read(each, attributes(resource.attributes));
          assert(!this.spans.has(span.id), `${span.id} comes once`);
          this.spans.set(span.id, span);
        }
      }
    }
  }

  // Of one trace, by start; each with `below`, the spans whose parent it is.
  trace(id) {
    const all = [...this.spans.values()].filter((s) => s.trace === id).sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
    for (const span of all) span.below = all.filter((s) => s.parent === span.id);
    return all;
  }
}

// A trace for people.
export function tree(spans, of = undefined, indent = '') {
  const roots = spans.filter((s) => (of === undefined ? !spans.some((p) => p.id === s.parent) : s.parent === of));
  return roots.map((s) => `${indent}${s.name} ${s.attributes['alys.actor.path'] ?? ''}\n${tree(spans, s.id, `${indent}  `)}`).join('');
}
