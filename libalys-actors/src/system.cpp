// SPDX-License-Identifier: Apache-2.0
//
// A running tree and its end.
#include "system_impl.hpp"

#include "cell.hpp"
#include "nursery.hpp"
#include "supervised.hpp"
#include "time_limit.hpp"
#include "tracing.hpp"
#include "turn.hpp"

#include <alys/actors/start_check.hpp>

#include <algorithm>
#include <random>
#include <thread>
#include <unordered_map>

namespace alys {

namespace detail {

namespace {

// The answer that a thread outside of the tree waits for.
class waiting_port final : public reply_port {
public:
  explicit waiting_port(std::shared_ptr<runtime> world) noexcept : world_(std::move(world)) {}
  void deliver(reply_ptr reply) noexcept override {
    if (leave(std::move(reply))) return;
    world_->dead_letter_made(dead_letter_cause::late_answer, "(answer)", message_header{}, "outside");
  }
  [[nodiscard]] bool arrived() {
    const std::lock_guard guard(mutex_);
    return reply_ != nullptr;
  }
  void wait_for(std::chrono::nanoseconds most) {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, most, [&] { return reply_ != nullptr; });
  }
  // Null if there is none. Whoever has waited goes: what comes now is too late.
  [[nodiscard]] reply_ptr take() {
    const std::lock_guard guard(mutex_);
    waits_ = false;
    return std::move(reply_);
  }

private:
  [[nodiscard]] bool leave(reply_ptr reply) noexcept {
    const std::lock_guard guard(mutex_);
    if (!waits_) return false;
    reply_ = std::move(reply);
    arrived_.notify_all();
    return true;
  }

  const std::shared_ptr<runtime> world_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  reply_ptr reply_;
  bool waits_ = true;
};

[[nodiscard]] reply_ptr undelivered(errc why, std::string text = {}) {
  return std::make_unique<error_reply>(error{error_kind::undelivered, why, category::unknown, std::nullopt, std::move(text)});
}

// Builds the processes of a declaration, top down, children in an order that respects their dependencies.
std::shared_ptr<supervisor> build(supervisor_spec& spec, const std::string& path, runtime& world, stop_witness& witness) {
  spec_content& content = spec_access::content(spec);
  content.used = true;
  auto built = std::make_shared<supervisor>(content.plan, path, witness);
  [[maybe_unused]] const bool fresh = world.paths().insert(built);
  assert(fresh);
  for (const auto& n : content.nurseries) n->open(built, world);
  built->set_nurseries(content.nurseries);
  name_graph order;
  std::unordered_map<std::string_view, spec_content::entry*> by_name;
  for (auto& entry : content.entries) {
    order.add(entry.name);
    by_name.emplace(entry.name, &entry);
  }
  for (const auto& entry : content.entries) {
    for (const auto& earlier : entry.options->after) order.add_edge(entry.name, earlier);
  }
  for (const std::string& name : order.order()) {
    spec_content::entry& entry = *by_name.at(name);
    const std::string below = path + "/" + name;
    if (entry.nested) {
      built->add({.options = entry.options, .process = build(*entry.nested, below, world, witness), .is_supervisor = true});
      continue;
    }
    entry.cell->set_path(below);
    [[maybe_unused]] const bool free = world.paths().insert(entry.cell);
    assert(free);
    built->add({.options = entry.options, .process = entry.cell, .foreign = !entry.plan});
  }
  return built;
}

} // namespace

// ---- the root's superior ----

void root_watch::take_report(std::unique_ptr<report> r) noexcept {
  if (r->kind == report_kind::failed) return root_failed(r->cause);
  const std::lock_guard guard(mutex_);
  if (r->kind == report_kind::started) started_ = true;
  if (r->kind == report_kind::terminated) {
    ended_ = true;
    if (reason_ == end_reason::none) reason_ = end_reason::finished; // a significant child ended: it may be before all were up
    started_ = started_ || reason_ == end_reason::finished;
  }
  changed_.notify_all();
}

void root_watch::root_failed(const error& cause) noexcept {
  {
    const std::lock_guard guard(mutex_);
    failure_ = cause;
    changed_.notify_all();
    if (!started_) return; // whoever starts the tree hears of it
    if (reason_ == end_reason::none) reason_ = end_reason::budget_exhausted;
  }
  // Nobody is left to decide: the tree goes down in order.
  world_.log(log_level::error, "the root supervisor gave up: " + cause.message());
  if (const auto root = root_.lock()) root->post(std::make_unique<command>(command_kind::stop, 0));
}

void root_watch::child_abandoned(const std::string& path, const tree_node& view) noexcept {
  const std::string handling = view.handling.empty() ? "stopping()" : view.handling;
  {
    const std::lock_guard guard(mutex_);
    abandoned_.push_back({path, shutdown_phase::stop_children, handling, view.busy_for, view.messages.queued});
  }
  world_.log(log_level::error, path + ": did not stop in time and was left behind, busy with " + handling);
}

bool root_watch::wait(condition what, std::chrono::nanoseconds most) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, bounded(most), [&] { return (this->*what)(); });
}

bool root_watch::check(condition what) const {
  const std::lock_guard guard(mutex_);
  return (this->*what)();
}

// ---- start ----

system_impl::system_impl(supervisor_spec spec, std::unique_ptr<backend> threads, system_options options) {
  const std::chrono::nanoseconds guard_period = options.watchdog.period;
  world_ = std::make_unique<system_world>(std::move(threads), std::move(options));
  for (const auto& edge : ask_graph(spec).all_edges()) ask_edges_.push_back(edge.first + " -> " + edge.second);
  declared_ = declared_by(spec);
  world_->root = build(spec, "/" + spec.name(), world_->shared, *world_->watch);
  world_->watch->set_root(world_->root);
  world_->root->set_supervisor(world_->watch, 1);
  std::vector<hosted> slots; // all of them before any runs: there may be no thread for the last one
  world_->root->find_hosts(*world_->threads, slots);
  for (auto& s : slots) world_->shared.attach(s.what, std::move(s.by));
  if (guard_period > guard_period.zero()) world_->guarding = world_->threads->every(guard_period, [this] { look(); });
}

// Once a period, on the watchdog's thread.
void system_impl::look() {
  auto& w = *world_;
  w.guard->look();
  if (!w.alarms || !w.alarms->due(w.shared.now())) return;
  w.alarms->look(tree(), w.threads->virtual_time() || w.guard->alive(), w.shared.now());
}

void system_impl::start() {
  auto& w = *world_;
  w.root->post(std::make_unique<command>(command_kind::start, 0));
  (void)await_tree(w, &root_watch::decided, std::chrono::nanoseconds::max());
  if (w.watch->started()) return;
  const error why = w.watch->failure();
  (void)shutdown({});
  throw start_error({{w.root->path(), why.text().empty() ? why.message() : why.text()}}, why); // the text begins with the child's path
}

bool await_tree(system_world& w, root_watch::condition what, std::chrono::nanoseconds most) {
  const auto until = w.shared.now() + bounded(most);
  if (w.threads->work_until([&] { return w.watch->check(what); }, until)) return w.watch->check(what);
  return w.watch->wait(what, most);
}

// ---- questions ----

reply_ptr system_impl::wait_for_reply(process& to, data_ptr message, std::chrono::nanoseconds deadline) {
  if (deadline <= std::chrono::nanoseconds::zero()) return undelivered(errc::out_of_range, "the deadline of an ask must be positive");
  if (world_->threads->on_pool_thread() || current_turn() != nullptr) return undelivered(errc::would_block);
  const auto port = std::make_shared<waiting_port>(world_->shared_by_all);
  message->reply = {port, {}};
  send_envelope(to, std::move(message));
  const auto until = world_->shared.now() + bounded(deadline);
  if (!world_->threads->work_until([&] { return port->arrived(); }, until)) port->wait_for(bounded(deadline));
  if (reply_ptr reply = port->take()) return reply;
  return undelivered(errc::deadline);
}

tree_node system_impl::tree() const {
  tree_node node;
  world_->root->describe(node);
  return node;
}

// ---- the end ----

bool system_impl::inside() const noexcept {
  const turn* t = current_turn();
  return (t != nullptr && t->world == &world_->shared) || world_->threads->on_own_thread();
}

shutdown_report system_impl::shutdown(const shutdown_options& options) {
  auto& w = *world_;
  if (inside()) {
    shutdown_planner::set_going(w, w.shared.now() + bounded(options.deadline));
    return {.in_time = false};
  }
  const auto begun = w.shared.now();
  const auto most = bounded(options.deadline);
  const shutdown_turn one_at_a_time(shutdowns_, most);
  if (report_) return *report_;
  shutdown_options left = options;
  left.deadline = std::chrono::duration_cast<std::chrono::milliseconds>(most - (w.shared.now() - begun));
  shutdown_report report = shutdown_planner(w, left).run();
  if (one_at_a_time) report_ = report;
  return report;
}

end_reason system_impl::wait_for(std::chrono::nanoseconds most) const {
  if (!inside()) (void)await_tree(*world_, &root_watch::ended, most);
  return world_->watch->reason();
}

namespace {

// Threads that have not come back still use this world, and to join them now would be to wait for them. Another thread does, and clears up
// after the last.
void leave_behind(std::unique_ptr<system_world> world) {
  const auto clear_up = [all = world.release()] {
    all->shared.paths().wait_until_all_ended();
    delete all;
  };
  try {
    std::thread(clear_up).detach();
  } catch (const std::system_error&) { // no thread for it: it stays in memory
  }
}

} // namespace

system_impl::~system_impl() {
  const bool waits_for_itself = inside();
  (void)shutdown({});
  world_->guarding = nullptr;
  world_->alarms = nullptr; // observers and the log may go with their owner, whatever is left behind
  const bool all_ended = world_->watch->check(&root_watch::ended) && world_->watch->abandoned().empty();
  if (waits_for_itself || !(all_ended || world_->threads->come_back())) leave_behind(std::move(world_));
}

system_world::system_world(std::unique_ptr<backend> b, system_options options)
    : threads(std::move(b)),
      shared_by_all(std::make_shared<runtime>(
          *threads, options.log, std::move(options.observers), options.health_period,
          options.seed != 0 ? options.seed : (std::uint64_t{std::random_device{}()} << 32) ^ std::random_device{}(),
          options.tracing.sink ? std::make_shared<tracing>(*threads, options.tracing, options.log) : nullptr)),
      shared(*shared_by_all),
      watch(std::make_shared<root_watch>(shared)) {
  shared.in_quarantine().set_limit(options.quarantine_bytes);
  if (options.watchdog.period > options.watchdog.period.zero()) guard = std::make_unique<watchdog>(shared, options.watchdog);
  if (!options.alerts.rules.empty() || !options.alerts.sinks.empty())
    alarms = std::make_unique<alert_monitor>(std::move(options.alerts), threads->virtual_time(), options.log);
}

system_world::~system_world() {
  root = nullptr;
  shared.close();
  threads = nullptr; // joins; after it nobody calls back
}

namespace {
void validate(const system_options& options, problem_list& problems) {
  if (options.threads > 1'024) problems.push_back({"threads", "must be at most 1024"});
  if (options.messages_per_turn == 0 || options.messages_per_turn > 1'000'000)
    problems.push_back({"messages_per_turn", "must be from 1 to 1000000"});
  if (options.quarantine_bytes > max_quarantine_bytes)
    problems.push_back({"quarantine_bytes", "must be at most " + std::to_string(max_quarantine_bytes)});
  if (options.health_period < options.health_period.zero() || options.health_period > std::chrono::hours{24 * 365})
    problems.push_back({"health_period", "must not be negative, and at most a year"});
  problem_list of_watchdog;
  validate(options.watchdog, of_watchdog);
  add_problems(problems, "watchdog.", std::move(of_watchdog));
  problem_list of_alerts;
  validate(options.alerts, of_alerts);
  add_problems(problems, "alerts.", std::move(of_alerts));
  if (!options.alerts.rules.empty() || !options.alerts.sinks.empty()) {
    if (options.watchdog.period == options.watchdog.period.zero())
      problems.push_back({"alerts", "nobody looks: the watchdog's period is 0"});
    else if (options.alerts.period < options.watchdog.period)
      problems.push_back({"alerts.period", "must be at least the watchdog's period: it is who looks"});
  }
  if (std::find(options.observers.begin(), options.observers.end(), nullptr) != options.observers.end())
    problems.push_back({"observers", "one of them is null"});
  problem_list of_tracing;
  options.tracing.validate(of_tracing);
  add_problems(problems, "tracing.", std::move(of_tracing));
}
} // namespace

system system_access::start(supervisor_spec root, system_options options, std::unique_ptr<backend> threads) {
  problem_list problems = root.check();
  validate(options, problems);
  if (options.watchdog.period == options.watchdog.period.zero()) check_without_watchdog(root, "/" + root.name(), problems);
  if (!problems.empty()) throw start_error(std::move(problems));
  const std::string path = "/" + root.name();
  try {
    if (!threads) threads = make_backend(options.threads, options.messages_per_turn);
    auto impl = std::make_unique<system_impl>(std::move(root), std::move(threads), std::move(options));
    impl->start();
    return system{std::move(impl)};
  } catch (const std::system_error& e) {
    throw start_error({{path, std::string{"no thread to run on: "} + e.what()}});
  }
}

} // namespace detail

// ---- the public face ----

std::string_view to_string(end_reason why) noexcept {
  switch (why) {
    case end_reason::none: return "none";
    case end_reason::shut_down: return "shut down";
    case end_reason::finished: return "finished";
    case end_reason::budget_exhausted: return "budget exhausted";
  }
  return "unknown";
}

system::system(std::unique_ptr<detail::system_impl> impl) noexcept : impl_(std::move(impl)) {}
system::~system() = default;
system::system(system&&) noexcept = default;
system& system::operator=(system&&) noexcept = default;

system system::start(supervisor_spec root, system_options options) {
  return detail::system_access::start(std::move(root), std::move(options), nullptr);
}

detail::system_impl& system::impl() const {
  if (!impl_) throw std::logic_error("alys: a system that was moved from was used");
  return *impl_;
}

detail::reply_ptr system::wait_for_reply(detail::process& to, detail::data_ptr message, std::chrono::nanoseconds deadline) {
  return impl().wait_for_reply(to, std::move(message), deadline);
}

result<detail::process_ptr> system::find_process(const std::string& path, const detail::actor_type& type) const {
  const auto found = impl().world().shared.paths().find(path);
  if (!found) return refuse(errc::no_such_path, path);
  const detail::actor_type* held = found->type();
  if (held == nullptr || !held->same_class(type))
    return refuse(errc::wrong_type,
                  path + " holds " + (held != nullptr ? std::string{held->name} : found->holds()) + ", not " + std::string{type.name});
  return detail::process_ptr{found};
}

result<void> system::inject_fault(const std::string& path, injected_fault how) {
  const auto found = impl().world().shared.paths().find(path);
  if (!found) return refuse(errc::no_such_path, path);
  if (std::dynamic_pointer_cast<detail::supervised>(found) == nullptr) return refuse(errc::wrong_type, path + " is a supervisor");
  auto order = std::make_unique<detail::command>(
      how == injected_fault::exception ? detail::command_kind::fault_thrown : detail::command_kind::fault_returned, 0);
  order->trace = current_context();
  found->post(std::move(order));
  return {};
}

std::vector<quarantined_message> system::quarantined() const { return impl().world().shared.in_quarantine().list(); }
result<void> system::replay(std::uint64_t id) { return impl().world().shared.in_quarantine().replay(id); }
result<void> system::discard(std::uint64_t id) { return impl().world().shared.in_quarantine().discard(id); }

reload_report system::reload(const supervisor_spec& next, reload_options options) { return impl().reload(next, options); }
reload_status system::reloads() const { return impl().reloads(); }
tree_node system::tree() const { return impl().tree(); }
std::vector<std::string> system::ask_edges() const { return impl().ask_edges(); }
bool system::ready() const { return alys::ready(impl().tree().health.state); }
bool system::alive() const {
  const auto& w = impl().world();
  return w.threads->virtual_time() || !w.guard || w.guard->alive();
}
std::uint64_t system::overruns() const { return impl().world().guard ? impl().world().guard->overruns() : 0; }
std::vector<alert> system::alerts() const {
  const auto& alarms = impl().world().alarms;
  return alarms ? alarms->raised() : std::vector<alert>{};
}
alert_counts system::alert_deliveries() const {
  const auto& alarms = impl().world().alarms;
  return alarms ? alarms->counts() : alert_counts{};
}
result<void> system::close_at_end(resource what) { return impl().world().end.add(std::move(what)); }
shutdown_progress system::progress() const {
  auto& w = impl().world();
  shutdown_progress now = w.end.progress(w.shared.now());
  now.slots_left = w.shared.paths().running();
  return now;
}
std::uint64_t system::dead_letters(dead_letter_cause cause) const { return impl().world().shared.dead_letters(cause); }
tracer system::tracer() const { return alys::tracer{impl().world().shared.traced()}; }
shutdown_report system::shutdown(shutdown_options options) { return impl().shutdown(options); }
error system::end_cause() const { return impl().world().watch->failure(); }
end_reason system::wait() const { return impl().wait_for(std::chrono::nanoseconds::max()); }
end_reason system::wait_for(std::chrono::nanoseconds most) const { return impl().wait_for(most); }

} // namespace alys
