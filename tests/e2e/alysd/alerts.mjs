// SPDX-License-Identifier: Apache-2.0
//
// Alerts of a node: what was configured is raised once and cleared once, in the log and at a URL; thresholds that cannot be are refused.
//
//   node alerts.mjs --alysd PROGRAM --data FOLDER
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Alysd } from '../lib/alysd.mjs';
import { eventually, main, options, step } from '../lib/check.mjs';
import { call } from '../lib/rpc.mjs';

const given = options({ alysd: undefined, data: undefined });
const file = join(given.data, 'node.toml');
const database = '/root/storage/chain_database';

const received = [];
const pager = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  received.push(JSON.parse(body));
  response.writeHead(204).end();
});

const write = (alerts) =>
  writeFile(file, `data_folder = "${join(given.data, 'chain')}"\ndev_faults = true\n[chain]\nslot_duration = "100ms"\n[api]\nport = 0\n${alerts}\n`);
class Configured extends Alysd {
  command() {
    return [this.binary, ['run', '--config', file]];
  }
}
const node = new Configured(given.alysd, join(given.data, 'chain'));

async function refused() {
  const check = () => promisify(execFile)(given.alysd, ['config', 'check', file]);
  await write('[alerts]\nwebhook = "ftp://pager"\n[alerts.busy]\nwarning = 5\ncritical = 1\n[alerts.queue]\nwarning = -1');
  await assert.rejects(check(), (e) => {
    assert.equal(e.code, 78);
    assert.match(e.stderr, /alerts\.busy\.critical = 1: must be at least warning/);
    assert.match(e.stderr, /alerts\.queue\.warning = -1: must be at least 0/);
    return true;
  });
  await write('[alerts]\nwebhook = "ftp://pager"');
  await assert.rejects(check(), { code: 78, stderr: /alerts\.webhook = "ftp:\/\/pager": / });
}

async function raisedAndCleared() {
  await write(`[alerts]\nperiod = "1s"\nwebhook = "http://127.0.0.1:${pager.address().port}/alerts"\n[alerts.busy]\nwarning = 0.5\ncritical = 0`);
  await node.start();
  await call(node.url, 'injectchaos', [1, [{ paths: database, slow: 1, slow_for: '5s' }]]);
  call(node.url, 'getblockbyheight', [1]).catch(() => {}); // which the database is busy with for five seconds
  const busy = (raised) => eventually(`${raised ? 'raised' : 'cleared'}`, () => received.find((a) => a.name === 'busy' && a.path === database && a.raised === raised));
  const alert = await busy(true);
  assert.equal(alert.level, 'warning');
  assert(alert.value >= 0.5 && alert.threshold === 0.5, JSON.stringify(alert));
  await call(node.url, 'stopchaos');
  await busy(false);
  await eventually('the log has it', () => node.output.some((line) => /warning: busy of \/root\/storage\/chain_database is /.test(line)));
  await eventually('and its end', () => node.output.some((line) => /cleared warning: busy of \/root\/storage\/chain_database/.test(line)));
  assert.equal(await node.stop(), 0);
}

await main(async () => {
  await mkdir(given.data, { recursive: true });
  await once(pager.listen(0, '127.0.0.1'), 'listening');
  await step('what cannot be is refused', refused);
  await step('a busy actor is told of in the log and at the URL, and so is its end', raisedAndCleared);
}, () => {
  node.process?.kill('SIGKILL');
  pager.close();
});
