// SPDX-License-Identifier: Apache-2.0
//
// A node that cannot stop in order: a handler that does not come back is named, the process ends in time with a code of its own, and the next
// start goes on with what was durable.
//
//   node left_behind.mjs --alysd PROGRAM --data FOLDER
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Alysd } from '../lib/alysd.mjs';
import { eventually, main, options, step } from '../lib/check.mjs';
import { call } from '../lib/rpc.mjs';

const given = options({ alysd: undefined, data: undefined });
const file = join(given.data, 'node.toml');
const data = join(given.data, 'chain');
const database = '/root/storage/chain_database';

class Configured extends Alysd {
  command() {
    return [this.binary, ['run', '--config', file]];
  }
}
const node = new Configured(given.alysd, data);

const slotAt = (tree, path) => (tree.path === path ? tree : tree.children.map((child) => slotAt(child, path)).find(Boolean));

async function leftBehind() {
  await eventually('some blocks', () => node.blocks.size >= 3);
  await call(node.url, 'injectchaos', [1, [{ paths: database, slow: 1, slow_for: '1m' }]]);
  call(node.url, 'getblockbyheight', [1]).catch(() => {}); // which the database begins to answer
  await eventually('a handler that does not come back', async () => slotAt(await call(node.url, 'getactortree'), database).handling !== '');
  const begun = performance.now();
  assert.equal(await node.stop(), 71);
  assert(performance.now() - begun < 30_000, 'it did not wait for the handler');
  const last = node.output.join('\n');
  assert.match(last, /not everything stopped after \d+ ms/);
  assert.match(last, /\/root\/storage\/chain_database \([a-z ]+\): in \S+ for \d+ ms/);
}

async function goesOn() {
  const last = Math.max(...node.blocks.keys());
  await node.start();
  assert(Number(await call(node.url, 'eth_blockNumber')) >= last, 'what was durable is there');
  await eventually('blocks go on', async () => Number(await call(node.url, 'eth_blockNumber')) > last);
  assert.equal(await node.stop(), 0);
}

await main(async () => {
  await mkdir(given.data, { recursive: true });
  await writeFile(file, `data_folder = "${data}"\ndev_faults = true\nshutdown_within = "500ms"\n[chain]\nslot_duration = "100ms"\n[api]\nport = 0\n`);
  await node.start();
  await step('a handler that does not come back is named, and the process ends', leftBehind);
  await step('the next start goes on with what was durable', goesOn);
}, () => node.process?.kill('SIGKILL'));
