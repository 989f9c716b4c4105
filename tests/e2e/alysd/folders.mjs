// SPDX-License-Identifier: Apache-2.0
//
// Data folders that a node must not work on. Each file of a folder is damaged in turn, in each of several ways: the node says what is wrong and
// ends with 65, at its start or when it comes upon the place. What it never does: begin anew, or leave out blocks.
//
//   node folders.mjs --alysd PROGRAM --data FOLDER
import assert from 'node:assert/strict';
import { chmod, cp, mkdir, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
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
  assert.equal(await node.stop(), 0);
  await cp(whole, copy, { recursive: true });
  blocks = await readChain(); // from the copy: reading changes files
}

// The ids of all blocks of the copy, as the node tells them. undefined if it ended instead, then by itself.
async function readChain() {
  node = new Alysd(given.alysd, copy, fast);
  try {
    await node.start();
    const height = Number(await call(node.url, 'eth_blockNumber'));
    const ids = [];
    for (let i = 0; i <= height; ++i) ids.push((await call(node.url, 'getblockbyheight', [i])).id);
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
  assert.match(said, new RegExp(`alysd: .*${copy}: .*\\. The folder is damaged: restore it from a copy, or move it away`), what);
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

// A user who may not write there. For root that takes the loss of its privilege over permissions.
async function refusesAReadOnlyFolder() {
  const folder = join(given.data, 'read-only');
  await mkdir(folder);
  await chmod(folder, 0o500);
  const args = ['dev', '--data', folder, '--port', '0', '--blocks', '1', ...fast];
  const unprivileged = ['--bounding-set=-dac_override,-dac_read_search', '--inh-caps=-dac_override,-dac_read_search', given.alysd, ...args];
  const { code, out, err } = process.getuid() === 0 ? await run('setpriv', unprivileged) : await run(given.alysd, args);
  assert.equal(code, 78, err);
  assert.match(err, new RegExp(`^alysd: ${folder}: .*Permission denied$`, 'm'));
  assert.equal(out, '');
}

// A limit to the size of files stands for the end of the disk: writes fail alike.
async function stopsOnAFullDisk() {
  const folder = join(given.data, 'full');
  class Limited extends Alysd {
    command() {
      const [program, args] = super.command();
      return ['sh', ['-c', 'ulimit -f 96; trap "" XFSZ; exec "$0" "$@"', program, ...args]];
    }
  }
  node = new Limited(given.alysd, folder, fast);
  await node.start();
  await eventually('the node ends by itself', () => node.ended);
  assert.deepEqual(node.ended, { code: 70, signal: null });
  assert.match(node.complaint, new RegExp(`^alysd: the node gave up: ${folder}: .*File too large$`));
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

await main(async () => {
  await step('a chain in tables and in a log', makeChain);
  await step('damage in any file is named and ends with 65', damageEverything);
  await step('a folder that may only be read ends with 78', refusesAReadOnlyFolder);
  await step('a full disk ends the node with 70, and every block that was shown is there', stopsOnAFullDisk);
  await step('a file in place of the folder ends with 78', refusesAFile);
}, async (status) => {
  if (status !== 0 && node) console.error(`the last words of the node:\n${node.output.slice(-20).join('\n')}`);
  if (node?.process && node.ended === undefined) await node.kill();
});
