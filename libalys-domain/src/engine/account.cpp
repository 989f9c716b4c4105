// SPDX-License-Identifier: Apache-2.0
//
// An account's encoding.
#include <alys/domain/engine/account.hpp>
#include <alys/domain/engine/rlp.hpp>

namespace alys::domain {

bytes encode_account(const account& a) {
  return rlp_list{}.integer(a.nonce).amount(a.balance).fixed(a.storage_root).fixed(a.code_hash).encode();
}

alys::result<account> decode_account(bytes_view data) {
  auto fields = rlp_reader::whole_list(data);
  account a;
  a.nonce = fields.integer();
  a.balance = fields.amount();
  a.storage_root = fields.fixed<hash256>();
  a.code_hash = fields.fixed<hash256>();
  if (auto done = fields.finish(); !done) return done.error();
  return a;
}

} // namespace alys::domain
