// SPDX-License-Identifier: Apache-2.0
//
// A steady load of transfers that outlives crashes of the node, and the account of what must have become of them. Each wallet signs its
// transfers in a row and sends the same bytes until the node has said whether it has them, so every signed transfer must be applied exactly
// once, whenever the node was killed.
import assert from 'node:assert/strict';

import { Wallet, keccak256, toUtf8Bytes } from 'ethers';

import { eventually, pause } from './check.mjs';
import { RpcError, call } from './rpc.mjs';

const gas = 21_000n;
const gwei = 10n ** 9n;

// What the node says to bytes that it has already.
const known = /already known|nonce too low/i;

export class Load {
  // `url`: a function, as the node may move. `name` makes the wallets. `next`: random numbers in [0, 1).
  constructor(url, name, next, wallets = 8) {
    Object.assign(this, { url, next });
    this.senders = Array.from({ length: wallets }, (_, i) => ({ wallet: new Wallet(keccak256(toUtf8Bytes(`${name} sender ${i}`))), nonce: 0 }));
    this.receivers = Array.from({ length: 4 * wallets }, (_, i) => new Wallet(keccak256(toUtf8Bytes(`${name} receiver ${i}`))).address);
    this.transfers = []; // { hash, from, to, value, raw, reported }: in the order in which they were signed
    this.reported = 0; // transfers that the node has said to have
    this.running = [];
    this.stopped = true;
  }

  // Gives each wallet its coins, from the account with this key.
  async fund(key, each = 10n ** 18n * 100n) {
    this.funded = each;
    this.chainId = BigInt(await call(this.url(), 'eth_chainId'));
    const bank = new Wallet(key);
    let nonce = Number(await call(this.url(), 'eth_getTransactionCount', [bank.address, 'pending']));
    const hashes = [];
    for (const { wallet } of this.senders) {
      const raw = await this.#sign(bank, nonce++, wallet.address, each);
      hashes.push(await call(this.url(), 'eth_sendRawTransaction', [raw]));
    }
    for (const hash of hashes) await eventually('the wallets are funded', () => call(this.url(), 'eth_getTransactionReceipt', [hash]));
  }

  #sign(wallet, nonce, to, value) {
    return wallet.signTransaction({ type: 2, chainId: this.chainId, nonce, to, value, gasLimit: gas, maxFeePerGas: 100n * gwei, maxPriorityFeePerGas: gwei });
  }

  start() {
    this.stopped = false;
    this.running = this.senders.map((sender) => this.#pump(sender));
  }

  // Sends no new transfers; those that are signed are sent to the end.
  async stop() {
    this.stopped = true;
    await Promise.all(this.running);
  }

  async #pump(sender) {
    while (!this.stopped) {
      const to = this.receivers[Math.floor(this.next() * this.receivers.length)];
      const value = BigInt(1 + Math.floor(this.next() * 1e9));
      const raw = await this.#sign(sender.wallet, sender.nonce++, to, value);
      const transfer = { hash: keccak256(raw), from: sender.wallet.address, to, value, raw, reported: false };
      this.transfers.push(transfer);
      await this.#deliver(transfer);
    }
  }

  // Until the node says that it has it. An answer other than yes and no counts as none.
  async #deliver(transfer) {
    for (let again = false; ; again = true) {
      try {
        const hash = await call(this.url(), 'eth_sendRawTransaction', [transfer.raw]);
        assert.equal(hash, transfer.hash);
        break;
      } catch (e) {
        if (again && e instanceof RpcError && known.test(e.said)) break;
        const refused = e instanceof RpcError && e.code === -32000 && !/txpool is full/.test(e.said);
        if (refused || e instanceof assert.AssertionError) throw e;
        await pause(20);
      }
    }
    transfer.reported = true;
    ++this.reported;
  }

  // Waits until the last transfer of each wallet is in a block.
  async settle() {
    for (const { wallet, nonce } of this.senders) {
      await eventually(`all transfers of ${wallet.address} are in blocks`, async () => {
        return BigInt(await call(this.url(), 'eth_getTransactionCount', [wallet.address, 'latest'])) === BigInt(nonce);
      }, 60_000);
    }
  }

  // Checks that every transfer is in exactly one of these blocks, and that balances and nonces are what follows, to the wei. `blocks`: all blocks of
  // the chain with whole transactions, as eth_getBlockByNumber gives them.
  async check(blocks) {
    const found = new Map();
    for (const block of blocks) {
      for (const transaction of block.transactions) {
        assert(!found.has(transaction.hash), `${transaction.hash} is in two blocks`);
        found.set(transaction.hash, transaction);
      }
    }
    const received = new Map(this.receivers.map((address) => [address, 0n]));
    const left = new Map(this.senders.map(({ wallet }) => [wallet.address, this.funded]));
    for (const { hash, from, to, value } of this.transfers) {
      const transaction = found.get(hash);
      assert(transaction, `transfer ${hash} is lost`);
      received.set(to, received.get(to) + value);
      left.set(from, left.get(from) - value - gas * BigInt(transaction.gasPrice));
    }
    for (const [address, amount] of [...received, ...left]) {
      assert.equal(BigInt(await call(this.url(), 'eth_getBalance', [address, 'latest'])), amount, `balance of ${address}`);
    }
    const last = this.transfers.at(-1);
    const receipt = await call(this.url(), 'eth_getTransactionReceipt', [last.hash]);
    assert.equal(receipt.status, '0x1');
  }
}

// All blocks up to the head, linked and complete.
export async function wholeChain(url) {
  const height = Number(await call(url, 'eth_blockNumber'));
  const blocks = [];
  for (let i = 0; i <= height; ++i) {
    const block = await call(url, 'eth_getBlockByNumber', [`0x${i.toString(16)}`, true]);
    assert(block, `block ${i} of ${height} is missing`);
    assert.equal(Number(block.number), i);
    if (i > 0) assert.equal(block.parentHash, blocks[i - 1].hash, `block ${i} is not linked to its parent`);
    blocks.push(block);
  }
  return blocks;
}
