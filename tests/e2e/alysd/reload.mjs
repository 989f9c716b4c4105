// SPDX-License-Identifier: Apache-2.0
//
// New configurations for a node that runs: by signal, by JSON-RPC and by the file itself; taken whole, or refused with reasons while blocks go on.
//
//   node reload.mjs --alysd PROGRAM --data FOLDER
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Alysd } from '../lib/alysd.mjs';
import { eventually, main, options, step } from '../lib/check.mjs';
import { call } from '../lib/rpc.mjs';

const given = options({ alysd: undefined, data: undefined });
const file = join(given.data, 'node.toml');
const someone = (n) => `0x${String(n).repeat(40)}`;

// The configuration that the node has, and what a step changes in it.
const write = ({ recipient = someone(1), slot = '100ms', level = 'warning', watch = false, more = '' } = {}) =>
  writeFile(file, `data_folder = "${join(given.data, 'chain')}"\nwatch_config = ${watch}\n${more}
[chain]\nslot_duration = "${slot}"\nfee_recipient = "${recipient}"\n[api]\nport = 0\n[log]\nlevel = "${level}"\n`);

class Configured extends Alysd {
  command() {
    return [this.binary, ['run', '--config', file]];
  }
}
const node = new Configured(given.alysd, join(given.data, 'chain'));
const reloads = () => call(node.url, 'getreloads');
const miner = async () => (await call(node.url, 'eth_getBlockByNumber', ['latest', false])).miner;
const paysTo = (who) => eventually(`blocks pay ${who}`, async () => (await miner()) === who);
const outcome = (cause, what) =>
  eventually(`${what} by ${cause}`, async () => {
    const now = await reloads();
    return !now.pending && now.last.cause === cause && now.last.outcome === what && now;
  });

async function onSignal() {
  await paysTo(someone(1));
  await write({ recipient: someone(2) });
  node.process.kill('SIGHUP');
  const now = await outcome('SIGHUP', 'applied');
  assert.equal(now.version, 2);
  assert.deepEqual(now.last.changed, ['chain.fee_recipient']);
  await paysTo(someone(2));
  assert.match(await readFile(join(given.data, 'chain', 'last-good.toml'), 'utf8'), new RegExp(`fee_recipient = "${someone(2)}"`));
}

async function refusesWhatNeedsAStart() {
  await write({ recipient: someone(3), slot: '200ms' });
  node.process.kill('SIGHUP');
  const now = await outcome('SIGHUP', 'refused');
  assert.deepEqual(now.last.problems, [{ where: 'chain.slot_duration', what: 'cannot change while the node runs: restart it' }]);
  assert.equal(now.version, 2);
  const height = Number(await call(node.url, 'eth_blockNumber'));
  await eventually('blocks go on', async () => Number(await call(node.url, 'eth_blockNumber')) > height + 2);
  assert.equal(await miner(), someone(2)); // not even the half that could have changed
}

async function refusesWhatIsNoConfiguration() {
  await write({ recipient: '0x12', more: 'speed = 3' });
  assert.equal(await call(node.url, 'reloadconfig'), true);
  const now = await outcome('JSON-RPC', 'refused');
  assert.match(now.last.problems[0].what, /node\.toml:3: speed = 3: unknown key/);
  assert.match(now.last.problems[0].what, /fee_recipient = "0x12": must be an address/);
  assert.equal(await miner(), someone(2));
}

async function onRequest() {
  await write({ recipient: someone(4), level: 'info', watch: true });
  assert.equal(await call(node.url, 'reloadconfig'), true);
  const now = await outcome('JSON-RPC', 'applied');
  assert.deepEqual(now.last.changed, ['chain.fee_recipient', 'log.level', 'watch_config']);
  await paysTo(someone(4));
}

async function whenTheFileChanges() {
  await write({ recipient: someone(5), level: 'info', watch: true });
  assert.equal((await outcome('the file has changed', 'applied')).version, 4);
  await paysTo(someone(5));
}

async function withoutAFile() {
  const dev = new Alysd(given.alysd, join(given.data, 'dev'), ['--slot-ms', '100']);
  await dev.start();
  try {
    await assert.rejects(call(dev.url, 'reloadconfig'), /without a configuration file/);
  } finally {
    assert.equal(await dev.stop('SIGHUP'), 0);
  }
}

await main(async () => {
  await mkdir(given.data, { recursive: true });
  await write();
  await node.start();
  await step('SIGHUP: a new recipient of fees', onSignal);
  await step('a key that needs a new start is refused, and all stays', refusesWhatNeedsAStart);
  await step('a file that is no configuration is refused with its lines', refusesWhatIsNoConfiguration);
  await step('JSON-RPC asks for it', onRequest);
  await step('the file is watched', whenTheFileChanges);
  await step('a node without a file says so, and SIGHUP ends it', withoutAFile);
  assert.equal(await node.stop(), 0);
}, () => node.process?.kill('SIGKILL'));
