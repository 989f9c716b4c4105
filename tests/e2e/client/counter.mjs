// SPDX-License-Identifier: Apache-2.0
//
// A contract of a few instructions, written out so that no compiler is needed: count() adds one to the number in slot 0 and logs who did it,
// number() gives it, and anything else is reverted.
import { Interface, concat, dataLength, getBytes, hexlify, id, toBeHex } from 'ethers';

export const counter = new Interface(['event Counted(address indexed by, uint256 number)', 'function count()', 'function number() view returns (uint256)']);

const selector = (name) => id(name).slice(0, 10);
const select = '0x5f3560e01c'; //                             PUSH0 CALLDATALOAD PUSH1 224 SHR
const toIf = (name, at) => concat([name, '0x1460', toBeHex(at, 1), '0x57']); // EQ PUSH1 at JUMPI, after the pushed selector
const count = concat([
  '0x5b5f5460010180', //                                      JUMPDEST PUSH0 SLOAD PUSH1 1 ADD DUP1
  '0x5f555f52', //                                            PUSH0 SSTORE PUSH0 MSTORE
  '0x337f', id('Counted(address,uint256)'), //                CALLER PUSH32 topic
  '0x60205fa200', //                                          PUSH1 32 PUSH0 LOG2 STOP
]);
const number = '0x5b5f545f5260205ff3'; //                      JUMPDEST PUSH0 SLOAD PUSH0 MSTORE PUSH1 32 PUSH0 RETURN

function assemble() {
  const header = (countAt, numberAt) =>
    concat([select, '0x8063', toIf(selector('count()'), countAt), '0x63', toIf(selector('number()'), numberAt), '0x5f5ffd']); // PUSH0 PUSH0 REVERT
  const countAt = dataLength(header(0, 0));
  return concat([header(countAt, countAt + dataLength(count)), count, number]);
}

// What runs, and what puts it there: PUSH1 length DUP1 PUSH1 9 PUSH0 CODECOPY PUSH0 RETURN.
export const runtimeCode = hexlify(getBytes(assemble()));
export const creationCode = concat(['0x60', toBeHex(dataLength(runtimeCode), 1), '0x8060095f395ff3', runtimeCode]);
