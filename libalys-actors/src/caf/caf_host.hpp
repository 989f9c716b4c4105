// SPDX-License-Identifier: Apache-2.0
//
// A plain CAF actor as something that a foreign slot hosts.
#pragma once

#include "../foreign_slot.hpp"

#include <alys/actors/caf.hpp>

namespace alys::detail {

struct caf_plan final : hosted_plan {
  explicit caf_plan(caf_child what);
  caf_child code;
};

class caf_host final : public guest {
public:
  explicit caf_host(caf_child what) : plan_(std::make_shared<const caf_plan>(std::move(what))) {}

  [[nodiscard]] std::shared_ptr<const hosted_plan> plan() const noexcept override { return plan_; }
  void take(std::shared_ptr<const hosted_plan> next) noexcept override {
    plan_ = std::static_pointer_cast<const caf_plan>(std::move(next));
  }
  [[nodiscard]] std::string type() const override { return "caf actor"; }
  [[nodiscard]] std::string_view starting() const noexcept override { return "its spawn function"; }
  [[nodiscard]] std::string_view ending() const noexcept override { return "its exit"; }
  void start(runtime& world, const news_line& slot) override;
  void stop() noexcept override;
  void kill() noexcept override;
  void describe(tree_node& into) const override;

  // Null while nobody lives here. Any thread.
  [[nodiscard]] caf::strong_actor_ptr current() const;
  // Passes a message on; false if nobody lives here. Any thread.
  [[nodiscard]] bool pass_on(caf::mailbox_element_ptr& what);

private:
  // Who lives here. The actor itself says when it ends, on its own thread, and senders look.
  struct tenancy {
    mutable std::mutex mutex;
    caf::strong_actor_ptr actor;
    bool told_to_end = false;
    void begin(caf::strong_actor_ptr who);
    // Whether it had been told to.
    bool end();
  };
  void send_exit(caf::exit_reason why) noexcept;

  std::shared_ptr<const caf_plan> plan_;
  const std::shared_ptr<tenancy> tenancy_ = std::make_shared<tenancy>();
  std::atomic<std::uint64_t> passed_on_{0};
};

// The host in this slot; null if it is none, or hosts something else.
[[nodiscard]] caf_host* caf_host_in(const process& slot) noexcept;

} // namespace alys::detail
