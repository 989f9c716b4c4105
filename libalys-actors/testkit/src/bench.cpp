// SPDX-License-Identifier: Apache-2.0
#include "bench_core.hpp"

#include "../../src/system_impl.hpp"

#include <stdexcept>

namespace alys::testkit {

namespace detail {

bench_core::bench_core(supervisor_spec tree, bench_options options)
    : options_(std::move(options)),
      unused_time_(std::make_unique<virtual_backend>(options_.shuffle ? std::optional{options_.seed} : std::nullopt)),
      time_(unused_time_.get()),
      faults_(*time_),
      tree_(std::move(tree)) {}

supervisor_spec& bench_core::declaration() {
  if (!tree_) throw std::logic_error("alys testkit: the tree has started: declare everything before the first call that runs it");
  return *tree_;
}

void bench_core::start() {
  if (system_) return;
  if (ended_) throw std::logic_error("alys testkit: the bench of this probe has gone");
  supervisor_spec tree = std::move(declaration());
  tree_.reset();
  faults_.wrap(tree);
  system_options options{.health_period = options_.health_period,
                         .watchdog = options_.watchdog,
                         .alerts = options_.alerts,
                         .seed = splitmix64{options_.seed}() | 1u,
                         .log = options_.log,
                         .observers = options_.observers,
                         .tracing = options_.tracing};
  if (options.tracing.seed == 0) options.tracing.seed = options.seed;
  options.observers.push_back(seen_);
  system_ = alys::detail::system_access::start(std::move(tree), std::move(options), std::move(unused_time_));
  rest();
}

alys::system& bench_core::system() {
  start();
  return *system_;
}

virtual_backend& bench_core::time() {
  start();
  return *time_;
}

std::string bench_core::name_for(std::string_view type) {
  type = type.substr(0, type.find('<'));
  if (const auto colon = type.rfind(':'); colon != std::string_view::npos) type.remove_prefix(colon + 1);
  const std::string name{type};
  std::string unique = name;
  for (int i = 2; !names_.insert(unique).second; ++i) unique = name + '-' + std::to_string(i);
  return unique;
}

slot_faults& bench_core::faults_of(const alys::detail::process& slot) {
  if (tree_) faults_.wrap(*tree_);
  slot_faults* found = faults_.find(slot);
  if (found == nullptr) throw std::invalid_argument("alys testkit: " + slot.path() + " does not belong to this bench");
  return *found;
}

bool bench_core::run_until(const std::function<bool()>& done, std::chrono::nanoseconds within) {
  virtual_backend& running = time();
  (void)running.work_until(done, running.in(within));
  return done();
}

bool bench_core::run_until_and_rest(const std::function<bool()>& done, std::chrono::nanoseconds within) {
  const bool was_done = run_until(done, within);
  rest();
  return was_done;
}

void bench_core::end() {
  ended_ = true;
  if (!system_) return;
  (void)time_->come_back();
  system_.reset();
}

void bench_core::rest() {
  if (!time().rest()) throw std::runtime_error("alys testkit: the tree does not come to rest: a million turns, and no end to them");
}

void fail_expectation(const std::string& path, std::string_view what, std::string_view message, std::chrono::nanoseconds within,
                      const std::vector<std::string_view>& waiting) {
  std::string text = path + ": " + std::string{what} + ' ' + std::string{message};
  if (within > std::chrono::nanoseconds::zero())
    text += " within " + std::to_string(std::chrono::duration<double, std::milli>(within).count()) + " ms";
  text += waiting.empty() ? "; there is nothing" : "; there is";
  for (std::size_t i = 0; i < waiting.size(); ++i) text += (i > 0 ? ", " : " ") + std::string{waiting[i]};
  throw expectation_failed(text);
}

} // namespace detail

bench::bench(bench_options options) : bench(supervisor_spec{"bench", options.how, options.supervision}, options) {}
bench::bench(supervisor_spec tree, bench_options options)
    : core_(std::make_shared<detail::bench_core>(std::move(tree), std::move(options))) {}
bench::~bench() { core_->end(); }

supervisor_spec& bench::root() { return core_->declaration(); }
std::shared_ptr<detail::driver> bench::driver() { return core_; }
std::string bench::name_for(std::string_view type) { return core_->name_for(type); }

void bench::start() { core_->start(); }
bool bench::turn() { return core_->time().turn(); }
void bench::run_until_idle() { core_->rest(); }
bool bench::run_until(const std::function<bool()>& done, std::chrono::nanoseconds within) { return core_->run_until(done, within); }

void bench::advance(std::chrono::nanoseconds time) {
  (void)core_->run_until_and_rest([] { return false; }, time);
}

reload_report bench::reload(const supervisor_spec& next, reload_options options) {
  reload_report report = core_->system().reload(next, options);
  run_until_idle();
  return report;
}

shutdown_report bench::shutdown(shutdown_options options) { return core_->system().shutdown(options); }

void bench::wait_for(const detail::answer_box& box, std::chrono::nanoseconds within) {
  (void)core_->run_until_and_rest([&] { return box.full(); }, within);
}

void bench::inject_into(const alys::detail::process& slot, const fault_plan& plan, const alys::detail::message_type* only) {
  core_->faults_of(slot).add(plan, only);
}
void bench::fail_start_of(const alys::detail::process& slot, error with) { core_->faults_of(slot).fail_next_start(std::move(with)); }

std::chrono::nanoseconds bench::now() const noexcept { return core_->now(); }
tree_node bench::tree() { return core_->system().tree(); }

tree_node bench::node_at(const std::string& path) {
  const tree_node all = tree();
  const tree_node* found = find(all, path);
  if (found == nullptr) throw std::invalid_argument("alys testkit: there is no " + path + " in this tree");
  return *found;
}

recorder& bench::seen() noexcept { return core_->seen(); }
alys::system& bench::system() { return core_->system(); }

} // namespace alys::testkit
