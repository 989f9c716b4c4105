// SPDX-License-Identifier: Apache-2.0
//
// How planned faults come about: every actor of a bench is built inside another one, whose table of handlers leads each message past the
// plans for its slot first. Cells notice nothing, and without a bench there is nothing to notice.
#pragma once

#include <alys/testkit/fault_plan.hpp>

#include "../../src/cell.hpp"
#include "../../src/interposed.hpp"

#include <map>
#include <set>

namespace alys::testkit::detail {

class virtual_backend;

// The plans for one slot.
class slot_faults final : public alys::detail::interceptor {
public:
  // The backend outlives the slot.
  slot_faults(const alys::detail::actor_type& original, virtual_backend& time);

  void add(const fault_plan& plan, const alys::detail::message_type* only);
  void fail_next_start(error with) { start_failures_.push_back(std::move(with)); }

  [[nodiscard]] alys::detail::interception before(alys::detail::data_envelope& m) override;
  [[nodiscard]] error before_start() override;

private:
  struct entry {
    fault_plan plan;
    const alys::detail::message_type* only = nullptr; // null: any
    std::uint64_t seen = 0;
  };
  virtual_backend& time_;
  std::vector<entry> plans_;
  std::vector<error> start_failures_;
};

class fault_book {
public:
  explicit fault_book(virtual_backend& time) noexcept : time_(time) {}

  // Wraps what is declared there and below and was not wrapped yet, and what will be born there. Before the tree starts.
  void wrap(const supervisor_spec& spec);
  // Null for somebody unknown.
  [[nodiscard]] slot_faults* find(const alys::detail::process& slot) const;

private:
  [[nodiscard]] std::shared_ptr<slot_faults> wrap(alys::detail::blueprint& plan) const;

  virtual_backend& time_;
  std::map<const alys::detail::process*, std::shared_ptr<slot_faults>> declared_;
  std::set<const alys::detail::nursery*> nurseries_;
  std::shared_ptr<std::map<std::string, std::shared_ptr<slot_faults>>> born_ =
      std::make_shared<std::map<std::string, std::shared_ptr<slot_faults>>>();
};

} // namespace alys::testkit::detail
