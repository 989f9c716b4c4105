// SPDX-License-Identifier: Apache-2.0
#include "caf_host.hpp"

#include "../runtime.hpp"
#include "../spec.hpp"
#include "backend.hpp"

#include <alys/actors/fault.hpp>

namespace alys {

namespace detail {

namespace {

[[nodiscard]] bool is(const caf::error& e, caf::exit_reason why) noexcept { return e && e == why; }

// No error for an end that is none of our business.
[[nodiscard]] error end_of(const caf::error& reason, bool stopped) {
  if (!reason || is(reason, caf::exit_reason::normal) || is(reason, caf::exit_reason::user_shutdown)) return {};
  if (stopped && is(reason, caf::exit_reason::kill))
    return fail(errc::hook_timeout, category::timeout, "did not heed its exit message, and was killed");
  const std::string text = caf::to_string(reason);
  if (is(reason, caf::exit_reason::remote_link_unreachable)) return fail(fault::connection_lost, text);
  if (is(reason, caf::exit_reason::out_of_workers)) return fail(errc::exited, category::resource, text);
  return fail(errc::exited, category::unknown, text);
}

} // namespace

caf_plan::caf_plan(caf_child what) : code(std::move(what)) {
  handle = code.handle;
  functions = {code.function};
  version = code.version;
}

void caf_host::start(runtime& world, const news_line& slot) {
  auto* threads = dynamic_cast<caf_backend*>(&world.threads());
  if (threads == nullptr)
    return slot.start_failed(
        fail(errc::not_running, category::configuration, "a CAF actor needs CAF's own scheduler: this tree does not run on it"));
  caf::strong_actor_ptr spawned = plan_->code.spawn(threads->system());
  if (!spawned) return slot.start_failed(fail(category::logic, "the spawn function gave a null handle"));
  tenancy_->begin(spawned);
  slot.started(); // first: it may have ended already
  spawned->get()->attach_functor([slot, here = tenancy_](const caf::error& reason) {
    const bool told = here->end();
    slot.ended(end_of(reason, told));
  });
}

void caf_host::tenancy::begin(caf::strong_actor_ptr who) {
  const std::lock_guard guard(mutex);
  told_to_end = false;
  actor = std::move(who);
}

bool caf_host::tenancy::end() {
  caf::strong_actor_ptr last; // its memory goes after the lock
  const std::lock_guard guard(mutex);
  last.swap(actor);
  return told_to_end;
}

void caf_host::stop() noexcept {
  {
    const std::lock_guard guard(tenancy_->mutex);
    tenancy_->told_to_end = true;
  }
  send_exit(caf::exit_reason::user_shutdown);
}

void caf_host::kill() noexcept { send_exit(caf::exit_reason::kill); }

void caf_host::send_exit(caf::exit_reason why) noexcept {
  if (const auto to = current()) caf::anon_send_exit(caf::actor_cast<caf::actor>(to), why);
}

caf::strong_actor_ptr caf_host::current() const {
  const std::lock_guard guard(tenancy_->mutex);
  return tenancy_->actor;
}

bool caf_host::pass_on(caf::mailbox_element_ptr& what) {
  const auto to = current();
  if (!to) return false;
  passed_on_.fetch_add(1, std::memory_order_relaxed);
  to->get()->enqueue(std::move(what), nullptr);
  return true;
}

void caf_host::describe(tree_node& into) const { into.messages.handled = passed_on_.load(std::memory_order_relaxed); }

caf_host* caf_host_in(const process& slot) noexcept {
  const auto* foreign = dynamic_cast<const foreign_slot*>(&slot);
  return foreign != nullptr ? dynamic_cast<caf_host*>(&foreign->hosts()) : nullptr;
}

caf::strong_actor_ptr hosted_actor(const process& slot) {
  const caf_host* host = caf_host_in(slot);
  return host != nullptr ? host->current() : nullptr;
}

process_ptr add_caf_actor(supervisor_spec& under, std::string name, caf_child what, child_options options) {
  return spec_access::add_foreign(under, std::move(name), std::make_unique<caf_host>(std::move(what)), std::move(options), {});
}

} // namespace detail

} // namespace alys
