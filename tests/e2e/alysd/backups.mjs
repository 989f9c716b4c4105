// SPDX-License-Identifier: Apache-2.0
//
// Backups of a node that runs, while it makes blocks and takes transfers: each is restored elsewhere, is whole, and a node goes on from there with
// nothing lost of what was in its blocks. And what is refused: names that are paths, names that are taken, a node without a folder for backups, a
// backup of another chain.
//
//   node backups.mjs --alysd PROGRAM --data FOLDER
import assert from 'node:assert/strict';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { Alysd } from '../lib/alysd.mjs';
import { eventually, main, options, pause, random, step } from '../lib/check.mjs';
import { Load, wholeChain } from '../lib/load.mjs';
import { run } from '../lib/program.mjs';
import { call, RpcError } from '../lib/rpc.mjs';

const given = options({ alysd: undefined, data: undefined });
const [data, backups, restored] = ['data', 'backups', 'restored'].map((name) => join(given.data, name));
const fast = ['--slot-ms', '100'];
const node = new Alysd(given.alysd, data, ['--backups', backups, '--log-level', 'info', ...fast]);
const load = new Load(() => node.url, 'backups', random(7));
let other; // a node on a restored folder
const made = [];

const height = async (url) => Number(await call(url, 'eth_blockNumber'));
const alysd = (...args) => run(given.alysd, args);

async function refused(url, params, code, words) {
  const error = await call(url, 'createbackup', params).then(() => assert.fail(`${JSON.stringify(params)} was not refused`), (e) => e);
  assert(error instanceof RpcError, error);
  assert.equal(error.code, code, error.said);
  assert.match(error.said, words);
}

async function backsUpUnderLoad() {
  await mkdir(backups);
  await node.start();
  await load.fund(node.key);
  load.start();
  for (const params of [['first'], ['second'], []]) {
    const sent = load.reported;
    await eventually('transfers', () => load.reported > sent + 50);
    const before = await height(node.url);
    const backup = await call(node.url, 'createbackup', params);
    assert(backup.head.height >= before, `${backup.head.height} is below ${before}`);
    assert(backup.bytes > 1_000, `${backup.bytes} bytes`);
    if (params.length > 0) assert.equal(backup.folder, join(backups, params[0]));
    else assert.match(backup.folder, new RegExp(`^${backups}/\\d{4}-\\d\\d-\\d\\dT\\d\\d-\\d\\d-\\d\\dZ$`));
    made.push(backup);
    await eventually('blocks go on', async () => (await height(node.url)) > backup.head.height);
  }
  assert.equal((await readdir(backups)).length, made.length, 'nothing unfinished is left');
}

async function countsThem() {
  const metrics = await (await fetch(`${node.url}/metrics`)).text();
  const value = (series) => Number(new RegExp(`^${series} (\\S+)$`, 'm').exec(metrics)?.[1]);
  const last = made.at(-1);
  assert.equal(value('alys_backups_total{outcome="made"}'), made.length);
  assert.equal(value('alys_backups_total{outcome="failed"}'), 0);
  assert.equal(value('alys_backup_last_made_bytes'), last.bytes);
  assert(value('alys_backup_last_made_seconds') > 0);
  const age = Date.now() / 1_000 - value('alys_backup_last_made_timestamp_seconds');
  assert(age >= 0 && age < 3_600, `${age} s old`);
  const words = new RegExp(`backup ${last.folder} was made in [0-9.]+ s: ${last.bytes} bytes, head at height ${last.head.height}`);
  await eventually('the log tells of it', () => node.output.some((line) => words.test(line)));
}

async function refusesWrongNames() {
  const names = ['', '..', '../out', '/tmp/out', 'a/b', 'a\\b', '.hidden', '-rf', 'a\u0000b', 'a b', 'ä', 'x.unfinished', 'a'.repeat(65)];
  for (const name of names) await refused(node.url, [name], -32602, /a backup is named by 1 to 64 letters, digits, .* below the node's storage\.backups, and is no path/);
  await refused(node.url, [7], -32602, /invalid argument 0: .* where a string is expected/);
  await refused(node.url, ['a', 'b'], -32602, /too many arguments/);
  await refused(node.url, ['first'], -32000, /first: holds something already/);
  assert.match(await (await fetch(`${node.url}/metrics`)).text(), /^alys_backups_total{outcome="failed"} 1$/m);
  await eventually('the log tells why', () => node.output.some((line) => /no backup was made: .*first: holds something already/.test(line)));
  assert.equal((await readdir(backups)).length, made.length);
  assert.deepEqual((await readdir(given.data)).sort(), ['backups', 'data']);
  const busy = await alysd('backup', '--data', data, '--to', join(backups, 'third'));
  assert.equal(busy.code, 75);
  assert.match(busy.err, /in use by another process\. A node that runs makes backups of itself: configure storage\.backups and call createbackup/);
}

async function goesOnFromEach() {
  await load.stop();
  await load.settle();
  const blocks = await wholeChain(node.url);
  await load.check(blocks);
  for (const backup of made) {
    await rm(restored, { recursive: true, force: true });
    for (const args of [['verify', '--data', backup.folder], ['restore', '--from', backup.folder, '--data', restored], ['verify', '--data', restored]]) {
      const { code, out, err } = await alysd(...args);
      assert.equal(code, 0, `${args[0]}: ${err}`);
      assert.match(out, new RegExp(`head at height ${backup.head.height}, id ${backup.head.id}`));
    }
    other = new Alysd(given.alysd, restored, fast);
    await other.start();
    for (let i = 0; i <= backup.head.height; ++i) {
      const there = await call(other.url, 'eth_getBlockByNumber', [`0x${i.toString(16)}`, true]);
      assert.deepEqual(there, blocks[i], `block ${i}`);
    }
    await eventually('new blocks', async () => (await height(other.url)) > backup.head.height + 3);
    assert.equal(await other.stop(), 0);
  }
}

// Whenever the stop comes: before the copy, in the middle of it, or when it is there.
async function stopsInTheMiddle() {
  await rm(backups, { recursive: true });
  await mkdir(backups);
  for (let i = 0; i < 3; ++i) {
    const asked = call(node.url, 'createbackup', [`stopped-${i}`]).catch(() => undefined);
    await pause(10 * i);
    assert.equal(await node.stop(), 0);
    await asked;
    for (const name of await readdir(backups)) {
      assert.match(name, /^stopped-\d$/);
      assert.equal((await alysd('verify', '--data', join(backups, name))).code, 0, name);
    }
    await node.start();
  }
}

async function refusesWithoutAFolder() {
  await rm(restored, { recursive: true, force: true });
  other = new Alysd(given.alysd, restored, fast);
  await other.start();
  await refused(other.url, [], -32000, /this node makes no backups: storage\.backups in its configuration must name a folder/);
  assert.equal(await other.stop(), 0);
  other = new Alysd(given.alysd, restored, ['--backups', join(given.data, 'nowhere'), ...fast]);
  await other.start();
  await refused(other.url, ['any'], -32000, /nowhere\/any.*: No such file or directory/);
  const before = await height(other.url);
  await eventually('the node goes on', async () => (await height(other.url)) > before);
  assert.equal(await other.stop(), 0);
}

async function refusesAnotherChain() {
  const chain = join(given.data, 'chain');
  const there = join(given.data, 'there');
  const init = await alysd('init', chain, '--chain-id', '4242', '--fee-recipient', `0x${'11'.repeat(20)}`);
  assert.equal(init.code, 0, init.err);
  const { code, err } = await alysd('restore', '--from', made[0].folder, '--data', there, '--spec', join(chain, 'spec.toml'));
  assert.equal(code, 78, err);
  assert.match(err, /^alysd: the backup is of another chain than .*spec\.toml describes: .*chain id/m);
  assert(!(await readdir(given.data)).some((name) => name.startsWith('there')), 'nothing is left of it');
}

await main(async () => {
  await step('backups while blocks are made and transfers are sent', backsUpUnderLoad);
  await step('metrics and log tell of them', countsThem);
  await step('names that are paths or taken are refused', refusesWrongNames);
  await step('each is whole, and a node goes on from it', goesOnFromEach);
  assert.equal(await node.stop(), 0);
  await step('a node without a folder for backups says so', refusesWithoutAFolder);
  await step('a backup of another chain is not restored', refusesAnotherChain);
  await node.start();
  await step('a stop leaves whole backups or none', stopsInTheMiddle);
  assert.equal(await node.stop(), 0);
}, async (status) => {
  for (const each of [node, other]) {
    if (status !== 0 && each) console.error(`the last words of the node:\n${each.output.slice(-20).join('\n')}`);
    if (each?.process && each.ended === undefined) await each.kill();
  }
});
