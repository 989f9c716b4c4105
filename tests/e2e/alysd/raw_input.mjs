// SPDX-License-Identifier: Apache-2.0
//
// What arrives over a bare socket from clients that are wrong, slow or hostile: each gets its answer or is cut off, is counted, and the node goes
// on as if nothing had been.
//
//   node raw_input.mjs --alysd PROGRAM --data FOLDER
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';

import { Alysd } from '../lib/alysd.mjs';
import { eventually, main, options, step } from '../lib/check.mjs';
import { call } from '../lib/rpc.mjs';

const given = options({ alysd: undefined, data: undefined });
const patience = 1_000; // of the node with its clients, in ms
const config = join(given.data, 'node.toml');

class Configured extends Alysd {
  command() {
    return [this.binary, ['run', '--config', config]];
  }
}
const node = new Configured(given.alysd, given.data);

// Sends these bytes and gives all that comes back until the node closes the connection. Some is lost if it closes before it has read everything.
function exchange(bytes) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(node.url);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let answer = '';
    socket.setTimeout(20_000, () => socket.destroy(new Error(`the connection stays open; so far: ${answer}`)));
    socket.on('data', (data) => (answer += data.toString('latin1')));
    socket.on('error', (e) => (e.code === 'ECONNRESET' || e.code === 'EPIPE' ? resolve(answer) : reject(e)));
    socket.on('close', () => resolve(answer));
  });
}

const status = (answer) => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
const headers = 'Host: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n';
// The body is latin-1: a character a byte.
const post = (body, more = '') => `POST / HTTP/1.1\r\n${headers}${more}Content-Length: ${body.length}\r\n\r\n${body}`;

// Status, and what is sent.
const requests = [
  [400, 'GARBAGE\r\n\r\n'],
  [400, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 this is TLS\r\n\r\n'],
  [505, `GET /healthz HTTP/9.9\r\n${headers}\r\n`],
  [400, `POST / HTTP/1.1\r\n${headers}Content-Length: many\r\n\r\n{}`],
  [400, `POST / HTTP/1.1\r\n${headers}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
  [400, `POST / HTTP/1.1\r\n${headers}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
  [431, `GET /healthz HTTP/1.1\r\n${headers}X-Long: ${'x'.repeat(20_000)}\r\n\r\n`],
  [413, `POST / HTTP/1.1\r\n${headers}Content-Length: 99999999999\r\n\r\n`],
  [413, post(`"${'x'.repeat(5_000)}"`)], // over max_body_bytes
  [404, `GET /nothing HTTP/1.1\r\n${headers}\r\n`],
  [405, `GET / HTTP/1.1\r\n${headers}\r\n`],
  [405, `DELETE / HTTP/1.1\r\n${headers}\r\n`],
  [415, 'POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n{}'],
  [403, 'GET /healthz HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n'],
  [200, `GET /healthz HTTP/1.1\r\n${headers}\r\n`],
];

async function answersWrongHttp() {
  for (const [expected, bytes] of requests) {
    const answer = await exchange(Buffer.from(bytes, 'latin1'));
    assert.equal(status(answer), expected, `${JSON.stringify(bytes.slice(0, 100))} got ${answer.slice(0, 200)}`);
  }
}

const request = (method, params) => JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
// Error code, and the body.
const bodies = [
  [-32700, '{'],
  [-32700, ''],
  [-32700, 'nonsense'],
  [-32700, '\xff\xfe'],
  [-32600, '[]'],
  [-32600, '5'],
  [-32600, '{"jsonrpc":"2.0","id":1}'],
  [-32600, '{"jsonrpc":"2.0","id":1,"id":2,"method":"eth_chainId"}'],
  [-32600, `${'['.repeat(200)}${']'.repeat(200)}`],
  [-32601, request('eth_nothing', [])],
  [-32601, request('injectfault', ['/root/chain/chain', 'throw'])], // without --dev-faults
  [-32602, request('eth_getBalance', ['0x12', 'latest'])],
  [-32602, request('eth_getBalance', [])],
  [-32602, `{"jsonrpc":"2.0","id":1,"method":"getblockbyheight","params":[99999999999999999999999999]}`],
  [-32602, request('eth_getBlockByNumber', [`0x${'f'.repeat(100)}`, false])],
  [-32000, request('eth_sendRawTransaction', ['0x00'])],
  [-32000, request('eth_sendRawTransaction', [`0x${'c1'.repeat(500)}`])],
];

async function answersWrongJson() {
  for (const [code, body] of bodies) {
    const answer = await exchange(Buffer.from(post(body), 'latin1'));
    assert.equal(status(answer), 200, `${body.slice(0, 100)} got ${answer}`);
    const document = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
    const { error } = Array.isArray(document) ? document[0] : document;
    assert.equal(error?.code, code, `${body.slice(0, 100)} got ${JSON.stringify(document)}`);
    assert(error.message.length > 0);
  }
}

// Header and body that never end, and one that says nothing at all.
async function cutsOffSlowClients() {
  for (const part of [`POST / HTTP/1.1\r\nHost: loc`, `POST / HTTP/1.1\r\n${headers}Content-Length: 100\r\n\r\n{"jso`, '']) {
    const begun = performance.now();
    const answer = await exchange(part);
    assert(performance.now() - begun >= patience / 2, 'it gets its time');
    assert(answer === '' || status(answer) === 408, answer);
  }
}

async function countsThem() {
  const counter = async (name) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(await (await fetch(`${node.url}/metrics`)).text())[1]);
  assert((await counter('alys_http_malformed_total')) >= 8);
  assert((await counter('alys_http_cut_off_total')) >= 2);
  // All connections but that of the question itself are gone.
  await eventually('no connection is left over', async () => (await counter('alys_http_connections')) <= 2);
}

await main(async () => {
  const lines = [`data_folder = "${join(given.data, 'chain')}"`, '[chain]', 'slot_duration = "100ms"', '[api]', 'port = 0', 'max_body_bytes = 4096',
    `request_timeout = "${patience}ms"`, `idle_timeout = "${patience}ms"`];
  await writeFile(config, lines.join('\n'));
  await step('the node starts', () => node.start());
  await step('wrong HTTP is answered with its status', answersWrongHttp);
  await step('wrong JSON and wrong calls are answered with their code', answersWrongJson);
  await step('slow clients are cut off', cutsOffSlowClients);
  await step('they are counted', countsThem);
  await step('the node goes on', async () => {
    const before = Number(await call(node.url, 'eth_blockNumber'));
    await eventually('blocks go on', async () => Number(await call(node.url, 'eth_blockNumber')) > before);
    assert.equal(await node.stop(), 0);
  });
}, async (failed) => {
  if (failed !== 0) console.error(`the last words of the node:\n${node.output.slice(-20).join('\n')}`);
  if (node.process && node.ended === undefined) await node.kill();
});
