// SPDX-License-Identifier: Apache-2.0
//
// The network of authorities.
#include "streamlet.hpp"

#include <alys/domain/aura/schedule.hpp>
#include <alys/domain/chain/certificate.hpp>
#include <alys/domain/chain/dev_spec.hpp>
#include <alys/domain/chain/identity.hpp>

#include <algorithm>

namespace alys::test {

using namespace alys::domain;

namespace {

// The network never checks a signature, so one key stands for all authorities; only their number matters.
[[nodiscard]] chain_spec spec_of(std::size_t authorities) {
  chain_spec spec = dev_spec();
  spec.authorities.resize(authorities, spec.authorities.front());
  return spec;
}

} // namespace

streamlet::streamlet(options o) : options_(std::move(o)), spec_(spec_of(options_.authorities)), genesis_(ref_to(block_header{})) {
  blocks_.emplace(genesis_.id, block_header{});
  nodes_.assign(options_.authorities, authority{genesis_});
}

void streamlet::run_slot() {
  ++now_;
  propose(author_of(now_, options_.authorities).value);
  deliver();
  deliver();
}

void streamlet::propose(std::size_t author) {
  if (!is_faulty(author)) {
    const block_id made = make_block(author, nodes_[author].tree.head(), 0);
    send_to_all(author, made, false);
    return;
  }
  for (std::size_t to = 0; to < nodes_.size(); ++to) {
    const block_id made = make_block(author, nodes_[to].tree.head(), options_.splits() ? to : 0);
    waiting_.push_back({author, to, made, false});
    for (const std::size_t accomplice : options_.faulty) send_to_all(accomplice, made, true);
  }
}

block_id streamlet::make_block(std::size_t author, const block_ref& parent, std::uint64_t variant) {
  block_header header;
  header.chain_id = variant;
  header.height = parent.height + 1;
  header.slot = now_;
  header.parent = parent.id;
  header.author = authority_index{static_cast<std::uint16_t>(author)};
  const block_id id = id_of(header);
  blocks_.emplace(id, header);
  return id;
}

void streamlet::send_to_all(std::size_t from, const block_id& block, bool approves) {
  for (std::size_t to = 0; to < nodes_.size(); ++to) waiting_.push_back({from, to, block, approves});
}

void streamlet::deliver() {
  std::vector<message> due;
  std::vector<message> later;
  for (const message& m : waiting_) (m.from == m.to || options_.arrives(m.from, m.to) ? due : later).push_back(m);
  waiting_ = std::move(later);
  for (const message& m : due) receive(m);
}

void streamlet::receive(const message& m) {
  authority& node = nodes_[m.to];
  if (m.approves) node.approvals[m.block].insert(m.from);
  else node.known.insert(m.block);
  grow(node);
  if (!m.approves) maybe_approve(m.to, m.block);
}

void streamlet::maybe_approve(std::size_t who, const block_id& id) {
  authority& node = nodes_[who];
  const block_header& header = blocks_.at(id);
  if (is_faulty(who)) return send_to_all(who, id, true);
  if (!node.tree.contains(header.parent)) return;
  if (!may_approve(header, spec_, node.tree.head().height, clock_of(spec_).start_of(now_) + 1'000)) return;
  const auto lock = lock_vote(node.lock, {id, header.height, header.slot});
  if (!lock) return;
  node.lock = *lock;
  send_to_all(who, id, true);
}

// Adds to the tree whatever is known, certified and has its parent there, until nothing more is.
void streamlet::grow(authority& node) const {
  for (bool grew = true; grew;) {
    grew = false;
    for (const block_id& id : node.known) {
      const block_header& header = blocks_.at(id);
      if (node.tree.contains(id) || node.approvals[id].size() < quorum_of(options_.authorities)) continue;
      grew = node.tree.add({id, header.height, header.slot}, header.parent).has_value() || grew;
    }
  }
}

bool streamlet::on_one_chain(const block_ref& a, const block_ref& b) const {
  const block_ref& low = a.height < b.height ? a : b;
  block_id at = a.height < b.height ? b.id : a.id;
  while (blocks_.at(at).height > low.height) at = blocks_.at(at).parent;
  return at == low.id;
}

bool streamlet::consistent() const {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (is_faulty(i) || is_faulty(j)) continue;
      if (!on_one_chain(nodes_[i].tree.last_final(), nodes_[j].tree.last_final())) return false;
    }
  }
  return true;
}

block_height streamlet::highest_final() const {
  block_height highest;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (!is_faulty(i)) highest = std::max(highest, nodes_[i].tree.last_final().height);
  }
  return highest;
}

block_height streamlet::longest() const {
  block_height highest;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (!is_faulty(i)) highest = std::max(highest, nodes_[i].tree.head().height);
  }
  return highest;
}

} // namespace alys::test
