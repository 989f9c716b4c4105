// SPDX-License-Identifier: Apache-2.0
//
// A node: a CAF system of its own, apart from those that run trees, whose middleman talks to other nodes. So what comes from them reaches
// actors of ours only, and trees do not pay for it.
#include <alys/actors/remote.hpp>

#include "../time_limit.hpp"
#include "enduring_actor.hpp"
#include "gateway.hpp"
#include "link.hpp"
#include "middleman.hpp"

#include <alys/actors/fault.hpp>
#include <alys/actors/start_check.hpp>
#include <alys/actors/system.hpp>

#include <caf/logger.hpp>

namespace alys {

namespace detail {

namespace {

void check_range(problem_list& found, const std::string& name, bool good, const std::string& allowed) {
  if (!good) found.push_back({name, "must be " + allowed});
}

[[nodiscard]] problem_list check(const node_options& o) {
  problem_list found;
  const auto year = std::chrono::hours{24 * 365};
  if (!valid_child_name(o.name)) found.push_back({"name", invalid_child_name(o.name)});
  if (o.tls.has_value() == o.plain) found.push_back({"tls", "either .tls or .plain = true must be chosen"});
  check_range(found, "heartbeat", o.heartbeat.count() > 0 && o.heartbeat < year, "more than 0, at most a year");
  check_range(found, "silence", o.silence > 2 * o.heartbeat && o.silence < year, "more than twice .heartbeat, at most a year");
  check_range(found, "connect_within", o.connect_within.count() > 0 && o.connect_within < year, "more than 0, at most a year");
  check_range(found, "max_frame", o.max_frame >= 1'024 && o.max_frame <= 268'435'456, "from 1024 to 268435456");
  if (o.plain && !o.allowed.empty()) found.push_back({"allowed", "without TLS nobody can prove a name"});
  return found;
}

// Cuts off who comes in and does not say in time what it wants.
[[nodiscard]] caf::behavior doorkeeper(caf::event_based_actor* self, const connection_rules_ptr& rules) {
  self->send(self, caf::tick_atom::value);
  return {[=](caf::tick_atom) {
    rules->connections.cut_off_late(std::chrono::steady_clock::now());
    self->delayed_send(self, rules->within / 4, caf::tick_atom::value);
  }};
}

} // namespace

class node_impl {
public:
  explicit node_impl(node_options options) : options_(std::move(options)) {
    rules_->within = options_.connect_within;
    rules_->max_read = options_.max_frame + room_for_basp;
    rules_->allowed = options_.allowed;
    rules_->refused = [log = options_.log](const std::string& why) {
      if (log) log(log_level::warning, "a connection was turned away: " + why);
    };
  }

  // Problems, if it cannot be.
  [[nodiscard]] problem_list begin() {
    if (options_.tls) {
      auto loaded = tls_context::load(*options_.tls);
      if (!loaded) return {{"tls", loaded.error().text()}};
      rules_->tls = std::move(*loaded);
    }
    config_.load<caf::io::middleman>();
    config_.set("scheduler.max-threads", std::size_t{2});
    config_.set("middleman.workers", std::size_t{0});
    config_.set("middleman.heartbeat-interval", caf::timespan{options_.heartbeat});
    config_.set("middleman.connection-timeout", caf::timespan{options_.silence});
    system_ = std::make_unique<caf::actor_system>(config_);
    caf::logger::set_current_actor_system(nullptr); // as with trees: it may end on any thread
    broker_ = start_broker(*system_);
    auto said = std::make_shared<const gateway_rules>(gateway_rules{options_.name, options_.max_frame, options_.codes, options_.log});
    gateway_ = spawn([shown = shown_, said](caf::event_based_actor* self) { return gateway_actor(self, shown, said); });
    return options_.listen.empty() ? problem_list{} : listen();
  }

  ~node_impl() {
    for (const auto& core : links_) core->close();
    if (!system_) return;
    end_actors();
    gateway_ = nullptr;
    middleman_ = nullptr;
    broker_ = nullptr;
    actors_.clear();
    await_handshakes(*rules_);
    system_->await_actors_before_shutdown(false);
    system_.reset();
    rules_->connections.let_go_of_all();
  }

  void publish(std::string name, published_slot what) { shown_->publish(std::move(name), std::move(what)); }
  void offer(std::string name, remote_offer what) { shown_->offer(std::move(name), std::move(what)); }
  [[nodiscard]] std::shared_ptr<link_core> connect(link_options options) {
    auto core = std::make_shared<link_core>(std::move(options), options_);
    auto actor =
        spawn([core, broker = broker_, rules = rules_](caf::event_based_actor* self) { return link_actor(self, core, broker, rules); });
    const std::lock_guard guard(mutex_);
    links_.push_back(core);
    actors_.push_back(std::move(actor));
    return core;
  }
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

private:
  void end_actors() {
    may_end_->store(true);
    caf::scoped_actor self{*system_};
    for (const caf::actor& each : actors_) self->send_exit(each, caf::exit_reason::user_shutdown);
    if (gateway_) self->send_exit(gateway_, caf::exit_reason::user_shutdown);
    if (middleman_) self->send_exit(middleman_, caf::exit_reason::user_shutdown);
    for (const caf::actor& each : actors_) self->wait_for(each);
    if (gateway_) self->wait_for(gateway_);
  }
  [[nodiscard]] caf::actor spawn(enduring_actor::body what) { return system_->spawn<enduring_actor>(may_end_, std::move(what)); }
  [[nodiscard]] problem_list listen() {
    actors_.push_back(spawn([rules = rules_](caf::event_based_actor* self) { return doorkeeper(self, rules); }));
    middleman_ = spawn_middleman(broker_, rules_);
    problem_list found;
    caf::scoped_actor self{*system_};
    self->request(middleman_, std::chrono::seconds{10}, caf::publish_atom::value, options_.port,
                  caf::actor_cast<caf::strong_actor_ptr>(gateway_), std::set<std::string>{}, options_.listen, true)
        .receive([&](std::uint16_t port) { port_ = port; },
                 [&](const caf::error& e) {
                   found.push_back(
                       {"listen", "cannot listen on " + options_.listen + ":" + std::to_string(options_.port) + ": " + caf::to_string(e)});
                 });
    return found;
  }

  const node_options options_;
  const connection_rules_ptr rules_ = std::make_shared<connection_rules>();
  const std::shared_ptr<showcase> shown_ = std::make_shared<showcase>();
  const std::shared_ptr<std::atomic<bool>> may_end_ = std::make_shared<std::atomic<bool>>(false);
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  caf::actor broker_;
  caf::actor gateway_;
  caf::io::middleman_actor middleman_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::vector<std::shared_ptr<link_core>> links_;
  std::vector<caf::actor> actors_;
};

} // namespace detail

bool remote_node::up() const { return core_->up(); }
error remote_node::why_down() const { return core_->why_down(); }
link_counts remote_node::counts() const { return core_->counts(); }
bool remote_node::wait_until_up(std::chrono::nanoseconds most) const { return core_->wait_until_up(most); }

node::node(std::unique_ptr<detail::node_impl> impl) noexcept : impl_(std::move(impl)) {}
node::~node() = default;
node::node(node&&) noexcept = default;
node& node::operator=(node&&) noexcept = default;

node node::start(node_options options) {
  problem_list problems = detail::check(options);
  if (problems.empty()) {
    auto impl = std::make_unique<detail::node_impl>(std::move(options));
    problems = impl->begin();
    if (problems.empty()) return node{std::move(impl)};
  }
  throw start_error(std::move(problems));
}

remote_node node::connect(link_options options) {
  problem_list found;
  if (!valid_child_name(options.name)) found.push_back({"name", invalid_child_name(options.name)});
  if (options.host.empty()) found.push_back({"host", "must be named"});
  detail::check_range(found, "port", options.port != 0, "more than 0");
  detail::check_range(found, "window", options.window >= 1 && options.window <= 1'000'000, "from 1 to 1000000");
  detail::check_range(found, "answer_within", options.answer_within.count() > 0 && options.answer_within < detail::longest_wait,
                      "more than 0");
  problem_list of_retry;
  validate(restart_policy{options.retry}, of_retry);
  add_problems(found, "retry.", std::move(of_retry));
  if (!found.empty()) throw std::invalid_argument("alys: a link that cannot be: " + to_string(found));
  return remote_node{impl_->connect(std::move(options))};
}

std::uint16_t node::port() const noexcept { return impl_->port(); }
void node::publish_slot(std::string name, detail::published_slot what) { impl_->publish(std::move(name), std::move(what)); }
void node::offer_children(std::string name, detail::remote_offer what) { impl_->offer(std::move(name), std::move(what)); }

} // namespace alys
