// SPDX-License-Identifier: Apache-2.0
//
// Data folders that a node must not work on. Each file of a folder is damaged in turn, in each of several ways: the node says what is wrong and
// ends with 65, at its start or when it comes upon the place. What it never does: begin anew, or leave out blocks.
//
//   node folders.mjs --alysd PROGRAM --data FOLDER
import assert from 'node:assert/strict';
import { chmod, cp, mkdir, readFile, readdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Alysd } from '../lib/alysd.mjs';
import { eventually, main, options, step } from '../lib/check.mjs';
import { run } from '../lib/program.mjs';
import { call } from '../lib/rpc.mjs';

const given = options({ alysd: undefined, data: undefined });
const whole = join(given.data, 'whole');
const copy = join(given.data, 'copy');
const fast = ['--slot-ms', '100'];
let blocks; // ids of the whole chain, by height
let node;

// A chain whose blocks lie partly in tables and partly in the log: every start makes a table of the log that it finds.
async function makeChain() {
  for (let i = 0; i < 3; ++i) {
    const { code, err } = await run(given.alysd, ['dev', '--data', whole, '--port', '0', '--blocks', '5', ...fast]);
    assert.equal(code, 0, err);
  }
  node = new Alysd(given.alysd, whole, fast);
  await node.start();
  await eventually('blocks in the log', async () => Number(await call(node.url, 'eth_blockNumber')) >= 20);
  blocks = await readBlocks();
  assert.equal(await node.stop(), 0);
}

async function readBlocks() {
  const height = Number(await call(node.url, 'eth_blockNumber'));
  const ids = [];
  for (let i = 0; i <= height; ++i) ids.push((await call(node.url, 'getblockbyheight', [i])).id);
  return ids;
}

// The ids of all blocks of the copy, as the node tells them. undefined if it ended instead, then by itself.
async function readChain() {
  node = new Alysd(given.alysd, copy, fast);
  try {
    await node.start();
    const ids = await readBlocks();
    assert.equal(await node.stop(), 0);
    return ids;
  } catch (e) {
    await eventually('the node ends by itself', () => node.ended, 10_000).catch(() => assert.fail(e));
    return undefined;
  }
}

async function flipBit(path) {
  const content = await readFile(path);
  content[content.length >> 1] ^= 4;
  await writeFile(path, content);
}
const half = async (path) => truncate(path, (await readFile(path)).length >> 1);
const damages = { 'a flipped bit': flipBit, 'half of it': half, 'nothing in it': (path) => truncate(path, 0), 'no such file': (path) => rm(path, { recursive: true }) };

function assertRefused(what) {
  const said = node.output.join('\n');
  assert.deepEqual(node.ended, { code: 65, signal: null }, `${what}:\n${said}`);
  assert.match(said, new RegExp(`alysd: .*${copy}: .*\\. The folder is damaged: restore it from a copy, or let alysd repair`), what);
}

// What is not needed to read the chain, so that damage makes no difference.
const unimportant = /^(LOG(\.old)?|LOCK|lock)$/;
const kind = (file) => file.replace(/\d+/, 'N');

// Whether the node saw it. If it did not, nothing may be missing.
async function isSeen(file, how) {
  await rm(copy, { recursive: true, force: true });
  await cp(whole, copy, { recursive: true });
  await damages[how](join(copy, file));
  const what = `${file}: ${how}`;
  const ids = await readChain();
  if (ids === undefined) assertRefused(what);
  else assert.deepEqual(ids.slice(0, blocks.length), blocks, `${what}: the chain is another one`);
  return ids === undefined;
}

async function damageEverything() {
  const files = ['commits', 'chain', ...(await readdir(join(whole, 'chain'))).filter((name) => !unimportant.test(name)).map((name) => join('chain', name))];
  const seen = new Set();
  for (const file of files) {
    for (const how of Object.keys(damages)) {
      if (file === 'chain' && how !== 'no such file') continue;
      if (await isSeen(file, how)) seen.add(`${kind(file)}: ${how}`);
    }
  }
  // Not every bit of a table is read, and a folder may hold tables that were replaced and are to be removed. Everything else is always seen.
  assert(seen.has('chain: no such file'));
  for (const file of ['commits', 'chain/CURRENT', 'chain/MANIFEST-N', 'chain/N.log', 'chain/N.ldb']) {
    for (const how of Object.keys(damages)) {
      assert(seen.has(`${file}: ${how}`) || (file === 'chain/N.ldb' && how === 'a flipped bit'), `${file}: ${how}: the node does not see it`);
    }
  }
}

const repair = (...flags) => run(given.alysd, ['repair', '--data', copy, ...flags]);

// The node goes on from the repaired folder with the blocks below the damage, and with new ones.
async function goesOnFrom(height) {
  const ids = await readChain();
  assert(ids !== undefined, node.output.join('\n'));
  const shared = Math.min(height + 1, blocks.length); // the chain went on while its blocks were read
  assert.deepEqual(ids.slice(0, shared), blocks.slice(0, shared), 'the chain is another one');
  node = new Alysd(given.alysd, copy, fast);
  await node.start();
  await eventually('new blocks', async () => Number(await call(node.url, 'eth_blockNumber')) > height);
  assert.equal((await repair()).code, 75);
  assert.equal(await node.stop(), 0);
}

async function repairsADamagedFolder() {
  const missing = await run(given.alysd, ['repair', '--data', join(given.data, 'nothing'), '--yes']);
  assert.equal(missing.code, 78);
  assert.match(missing.err, /there is no chain in it/);
  await rm(copy, { recursive: true, force: true });
  await cp(whole, copy, { recursive: true });
  const [, top, id] = /; head at height (\d+), id (0x[0-9a-f]{64});/.exec((await run(given.alysd, ['verify', '--data', copy])).out);
  const healthy = await repair('--yes');
  assert.deepEqual([healthy.code, healthy.out], [0, 'nothing to repair\n'], healthy.err);

  const manifest = (await readdir(join(copy, 'chain'))).find((name) => name.startsWith('MANIFEST'));
  await rm(join(copy, 'chain', manifest));
  const shown = await repair();
  assert.equal(shown.code, 65, shown.out + shown.err);
  assert.match(shown.out, new RegExp(`^damaged:\n[^]*\n  head: stays height ${top}, id ${id};[^]*\n  vote: kept; nothing is signed for slots up to \\d+\n$`));
  assert.match(shown.err, new RegExp(`^alysd: ${copy}: is damaged, and nothing was changed\\. alysd repair --data ${copy} --yes does what is said above$`, 'm'));
  assert.equal((await repair()).out, shown.out);
  const done = await repair('--yes');
  assert.equal(done.code, 0, done.err);
  assert.match(done.out, new RegExp(`\nrepaired and checked; head at height ${top}, id ${id}; genesis ${blocks[0]}\nthe damaged files are in ${copy}/damaged-[0-9TZ-]+\n$`));
  await goesOnFrom(Number(top));

  // As a repair leaves the folder that was killed before its store was in its place.
  await mkdir(join(copy, 'repaired', 'damaged'), { recursive: true });
  for (const part of ['chain', 'commits']) await rename(join(copy, part), join(copy, 'repaired', part));
  assert.equal(await readChain(), undefined);
  assertRefused('a repair that is half done');
  const left = await repair();
  assert.equal(left.code, 65);
  assert.match(left.out, /^damaged:\n  a repair was stopped before /);
  const placed = await repair('--yes');
  assert.equal(placed.code, 0, placed.err);
  await goesOnFrom(Number(top));
}

// The end of a log is lost, and with it what was signed last.
async function repairsALostEnd() {
  await rm(copy, { recursive: true, force: true });
  await cp(whole, copy, { recursive: true });
  const log = (await readdir(join(copy, 'chain'))).find((name) => name.endsWith('.log'));
  await half(join(copy, 'chain', log));
  const shown = await repair();
  assert.equal(shown.code, 65);
  assert.match(shown.out, /\n  vote: UNKNOWN\. /);
  const height = Number(/ height (\d+), /.exec(shown.out)[1]);
  assert(height > 0 && height < blocks.length - 1, shown.out);
  const refused = await repair('--yes');
  assert.equal(refused.code, 64);
  assert.match(refused.err, /^alysd: .*what this node's authority signed last cannot be read, and nothing was changed\. Give --forget-vote/);
  const done = await repair('--yes', '--forget-vote');
  assert.equal(done.code, 0, done.err);
  await goesOnFrom(height);
}

// Wherever it is killed: what is said then is damage or nothing, and the next repair ends with the whole chain.
async function repairsAfterKills() {
  const head = /; head at height \d+, id 0x[0-9a-f]{64}; genesis 0x[0-9a-f]{64}\n$/;
  const damaged = async () => {
    await rm(copy, { recursive: true, force: true });
    await cp(whole, copy, { recursive: true });
    await rm(join(copy, 'chain', 'CURRENT'));
  };
  await damaged();
  const { took } = await repair('--yes');
  const [expected] = head.exec((await run(given.alysd, ['verify', '--data', copy])).out);
  const rounds = 6;
  for (let round = 1; round <= rounds; ++round) {
    await damaged();
    await run(given.alysd, ['repair', '--data', copy, '--yes'], { deadline: Math.ceil((took * round) / rounds) });
    const said = await repair();
    assert(said.code === 65 || (said.code === 0 && said.out === 'nothing to repair\n'), `${said.code}: ${said.err}`);
    const done = await repair('--yes');
    assert.equal(done.code, 0, done.err);
    const found = await run(given.alysd, ['verify', '--data', copy]);
    assert.equal(head.exec(found.out)?.[0], expected, found.err);
    assert.equal((await readdir(copy)).filter((name) => name.startsWith('damaged-')).length, 1);
    assert(!(await readdir(copy)).some((name) => name.startsWith('repaired')));
  }
}

// A user who may not write there. For root that takes the loss of its privilege over permissions.
async function refusesAReadOnlyFolder() {
  const folder = join(given.data, 'read-only');
  await mkdir(folder);
  await chmod(folder, 0o500);
  const args = ['dev', '--data', folder, '--port', '0', '--blocks', '1', ...fast];
  const unprivileged = ['--bounding-set=-dac_override,-dac_read_search', '--inh-caps=-dac_override,-dac_read_search', given.alysd, ...args];
  const { code, out, err } = process.getuid() === 0 ? await run('setpriv', unprivileged) : await run(given.alysd, args);
  assert.equal(code, 78, err);
  assert.match(err, new RegExp(`^alysd: ${folder}: .*Permission denied\\. The user that runs this program must be able to write there$`, 'm'));
  assert.equal(out, '');
}

// A limit to the size of files stands for the end of the disk: writes fail alike.
async function stopsOnAFullDisk() {
  const folder = join(given.data, 'full');
  class Limited extends Alysd {
    command() {
      const [program, args] = super.command();
      return ['sh', ['-c', 'ulimit -f 96; exec "$0" "$@"', program, ...args]];
    }
  }
  node = new Limited(given.alysd, folder, fast);
  await node.start();
  await eventually('the node ends by itself', () => node.ended);
  assert.deepEqual(node.ended, { code: 70, signal: null });
  assert.match(node.complaint, new RegExp(`^alysd: the node gave up: ${folder}: .*File too large\\. Make room on the disk, .* and start again`));
  const shown = [...node.blocks];
  node = new Alysd(given.alysd, folder, fast);
  await node.start();
  for (const [height, digits] of shown) assert((await call(node.url, 'getblockbyheight', [height])).id.startsWith(`0x${digits}`), `block ${height}`);
  await eventually('new blocks', async () => Number(await call(node.url, 'eth_blockNumber')) > shown.length + 1);
  assert.equal(await node.stop(), 0);
}

async function refusesAFile() {
  const file = join(given.data, 'file');
  await writeFile(file, 'not a folder');
  const { code, err } = await run(given.alysd, ['dev', '--data', file, '--port', '0', '--blocks', '1', ...fast]);
  assert.equal(code, 78, err);
  assert.match(err, new RegExp(`^alysd: ${file}: `));
  assert.equal(await readFile(file, 'utf8'), 'not a folder');
}

// What operators do: back up, check, restore. Never while a node works on the folder.
async function backsUpAndRestores() {
  const [backup, restored] = [join(given.data, 'backup'), join(given.data, 'restored')];
  await rm(copy, { recursive: true, force: true });
  await cp(whole, copy, { recursive: true });
  node = new Alysd(given.alysd, copy, fast);
  await node.start();
  const busy = [['backup', '--data', copy, '--to', backup], ['verify', '--data', copy], ['restore', '--from', copy, '--data', restored]];
  for (const args of busy) assert.equal((await run(given.alysd, args)).code, 75, args[0]);
  assert.equal(await node.stop(), 0);

  const made = await run(given.alysd, busy[0]);
  assert.equal(made.code, 0, made.err);
  assert.match(made.out, /^backed up and checked: \d+ records; head at height \d+, id 0x[0-9a-f]{64}; genesis 0x[0-9a-f]{64}\n$/);
  const again = await run(given.alysd, busy[0]);
  assert.equal(again.code, 78);
  assert.match(again.err, new RegExp(`^alysd: ${backup}: holds something already$`, 'm'));
  assert.match((await run(given.alysd, ['verify', '--data', backup])).out, /^whole: \d+ records, \d+ blocks; head at height /);
  const missing = await run(given.alysd, ['verify', '--data', join(given.data, 'nothing')]);
  assert.equal(missing.code, 78);
  assert.match(missing.err, /there is no chain in it/);

  const back = await run(given.alysd, ['restore', '--from', backup, '--data', restored]);
  assert.equal(back.code, 0, back.err);
  node = new Alysd(given.alysd, restored, fast);
  await node.start();
  for (const [height, id] of blocks.entries()) assert.equal((await call(node.url, 'getblockbyheight', [height])).id, id, `block ${height}`);
  await eventually('new blocks', async () => Number(await call(node.url, 'eth_blockNumber')) > blocks.length);
  assert.equal(await node.stop(), 0);

  await flipBit(join(restored, 'commits'));
  const damaged = await run(given.alysd, ['verify', '--data', restored]);
  assert.equal(damaged.code, 65);
  assert.match(damaged.err, /The folder is damaged: restore it from a copy/);
}

// Most accounts are used by nobody, so that only the node's own check comes upon damage in them.
async function findsWhatNobodyReads() {
  const folder = join(given.data, 'unread');
  const at = (name) => join(folder, name);
  const made = await run(given.alysd, ['init', folder, '--chain-id', '4712', '--fee-recipient', `0x${'1'.repeat(40)}`]);
  assert.equal(made.code, 0, made.err);
  const accounts = Array.from({ length: 3000 }, (_, i) => `[[accounts]]\naddress = "0x${(i + 1).toString(16).padStart(40, '0')}"\nbalance = "7"`);
  const spec = await readFile(at('spec.toml'), 'utf8');
  await writeFile(at('spec.toml'), spec.replace('slot_duration = "2s"', 'slot_duration = "100ms"').replace('accounts = []', accounts.join('\n')));
  const configured = (period) => writeFile(at('checked.toml'), `data_folder = "${at('data')}"\n[chain]\nspec = "${at('spec.toml')}"
authority_key = "${at('authority.key')}"\nfee_recipient = "0x${'1'.repeat(40)}"\n[api]\nport = 0\n[storage]\ncheck_period = "${period}"\n`);
  class Checked extends Alysd {
    command() {
      return [this.binary, ['run', '--config', at('checked.toml')]];
    }
  }
  node = new Checked(given.alysd, at('data'));
  const metric = async (name) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await (await fetch(`${node.url}/metrics`)).text())[1]);
  const works = async () => {
    const before = Number(await call(node.url, 'eth_blockNumber'));
    await eventually('new blocks', async () => Number(await call(node.url, 'eth_blockNumber')) > before + 2);
  };

  await configured('1s');
  const begun = Date.now() / 1000;
  await node.start();
  await eventually('two checks', async () => (await metric('alys_state_checks_total')) >= 2);
  assert((await metric('alys_state_check_nodes_total')) > 2 * 3000);
  assert((await metric('alys_state_check_last_timestamp_seconds')) > begun);
  assert(node.output.some((line) => /the state is whole up to the final block \d+: [3-9]\d{3} nodes checked/.test(line)), node.output.join('\n'));
  assert.equal(await node.stop(), 0);

  await configured('0s');
  await node.start(); // makes tables of the log
  assert.equal(await node.stop(), 0);
  const tables = (await readdir(at('data/chain'))).filter((name) => name.endsWith('.ldb'));
  const sizes = await Promise.all(tables.map(async (name) => (await readFile(at(`data/chain/${name}`))).length));
  const largest = tables[sizes.indexOf(Math.max(...sizes))];
  assert(Math.max(...sizes) > 300_000, 'most of it is state');
  await flipBit(at(`data/chain/${largest}`));
  await node.start();
  await works();
  assert.equal(await metric('alys_state_check_nodes_total'), 0);
  assert.equal(await node.stop(), 0);

  await configured('1h');
  await node.start().catch(() => {}); // it may have ended before it was ready
  await eventually('the node ends by itself', () => node.ended);
  assert.deepEqual(node.ended, { code: 65, signal: null });
  assert.match(node.output.join('\n'), new RegExp(`alysd: (the node gave up: )?${at('data')}: .*The folder is damaged: restore it from a copy, or let alysd repair`));
}

await main(async () => {
  await step('a chain in tables and in a log', makeChain);
  await step('damage in any file is named and ends with 65', damageEverything);
  await step('damage in a state that nobody reads is found while the node works and ends it with 65', findsWhatNobodyReads);
  await step('a backup is checked, restored and gone on from', backsUpAndRestores);
  await step('a damaged folder is repaired, and the chain goes on', repairsADamagedFolder);
  await step('a folder that has lost its last commits is repaired on a word about the vote', repairsALostEnd);
  await step('a repair that is killed is gone on with', repairsAfterKills);
  await step('a folder that may only be read ends with 78', refusesAReadOnlyFolder);
  await step('a full disk ends the node with 70, and every block that was shown is there', stopsOnAFullDisk);
  await step('a file in place of the folder ends with 78', refusesAFile);
}, async (status) => {
  if (status !== 0 && node) console.error(`the last words of the node:\n${node.output.slice(-20).join('\n')}`);
  if (node?.process && node.ended === undefined) await node.kill();
});
