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

streamlet::streamlet(options o) : options_(std::move(o)), spec_(spec_of(options_.authorities)), genesis_(domain::ref_to(block_header{})) {
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
  if (is_faulty(author)) return propose_lies(author);
  send_to_all(author, make_block(author, nodes_[author].tree.head(), 0).id, false);
}

void streamlet::propose_lies(std::size_t author) {
  std::map<std::uint64_t, block_ref> made;
  for (std::size_t to = 0; to < nodes_.size(); ++to) {
    const auto [chain, on] = options_.lie(to);
    const block_ref block = make_block(author, parent_for(to, chain, on), chain);
    made.insert_or_assign(chain, block);
    waiting_.push_back({author, to, block.id, false});
  }
  for (const auto& [chain, block] : made) {
    lies_.insert_or_assign(chain, block);
    send_to_all(author, block.id, false); // passed on by those who have it
    for (const std::size_t accomplice : options_.faulty) send_to_all(accomplice, block.id, true);
  }
}

block_ref streamlet::parent_for(std::size_t to, std::uint64_t chain, base on) const {
  const block_ref& head = nodes_[to].tree.head();
  if (on == base::own_last && lies_.contains(chain)) return lies_.at(chain);
  if (on == base::below_head && head != genesis_) {
    const block_id& below = blocks_.at(head.id).parent;
    return {below, blocks_.at(below).height, blocks_.at(below).slot};
  }
  return head;
}

block_ref streamlet::make_block(std::size_t author, const block_ref& parent, std::uint64_t chain) {
  block_header header;
  header.chain_id = chain;
  header.height = parent.height + 1;
  header.slot = now_;
  header.parent = parent.id;
  header.author = authority_index{static_cast<std::uint16_t>(author)};
  blocks_.emplace(id_of(header), header);
  return domain::ref_to(header);
}

void streamlet::send_to_all(std::size_t from, const block_id& block, bool approves) {
  for (std::size_t to = 0; to < nodes_.size(); ++to) waiting_.push_back({from, to, block, approves});
}

void streamlet::deliver() {
  std::vector<message> due;
  std::vector<message> later;
  for (const message& m : waiting_) {
    const bool arrives = m.from == m.to || options_.arrives({m.from, m.to, blocks_.at(m.block).slot, m.approves});
    (arrives ? due : later).push_back(m);
  }
  waiting_ = std::move(later);
  for (const message& m : due) receive(m);
}

void streamlet::receive(const message& m) {
  authority& node = nodes_[m.to];
  if (m.approves) node.approvals[m.block].insert(m.from);
  else if (!node.tree.contains(m.block)) node.outside.insert(m.block);
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

// Adds to the tree whatever is certified and has its parent there, until nothing more is.
void streamlet::grow(authority& node) const {
  for (bool grew = true; grew;) {
    grew = std::erase_if(node.outside, [&](const block_id& id) {
             const auto approvals = node.approvals.find(id);
             if (approvals == node.approvals.end() || approvals->second.size() < quorum_of(options_.authorities)) return false;
             const block_header& header = blocks_.at(id);
             return node.tree.add({id, header.height, header.slot}, header.parent).has_value();
           }) > 0;
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
