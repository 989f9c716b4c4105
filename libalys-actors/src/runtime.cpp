// SPDX-License-Identifier: Apache-2.0
//
// The registry, dead letters and notices.
#include "runtime.hpp"

#include "tracing.hpp"

#include <alys/actors/fault.hpp>

#include <algorithm>
#include <cstdio>

namespace alys::detail {

namespace {

// The notice of a dead letter that this thread gives to observers right now. One of them may send, and make another dead letter.
class notice {
public:
  explicit notice(const runtime& by) noexcept : by_(by), outer_(std::exchange(innermost(), this)) {}
  ~notice() { innermost() = outer_; }
  notice(const notice&) = delete;
  notice& operator=(const notice&) = delete;

  [[nodiscard]] static bool given_by(const runtime& world) noexcept {
    const notice* n = innermost();
    while (n != nullptr && &n->by_ != &world) n = n->outer_;
    return n != nullptr;
  }

private:
  [[nodiscard]] static const notice*& innermost() noexcept {
    thread_local const notice* given = nullptr;
    return given;
  }
  const runtime& by_;
  const notice* outer_;
};

} // namespace

bool registry::insert(std::shared_ptr<scheduled> what) {
  const std::lock_guard guard(mutex_);
  return by_path_.insert(std::move(what)).second;
}

void registry::erase(const std::string& path) {
  const std::lock_guard guard(mutex_);
  if (const auto found = by_path_.find(path); found != by_path_.end()) by_path_.erase(found);
}

std::shared_ptr<scheduled> registry::find(const std::string& path) const {
  const std::lock_guard guard(mutex_);
  const auto found = by_path_.find(path);
  return found != by_path_.end() ? *found : nullptr;
}

std::uint32_t registry::new_slot(scheduled& what) {
  const std::lock_guard guard(mutex_);
  slots_.emplace(++last_slot_, &what);
  return last_slot_;
}

void registry::retire(std::uint32_t slot) {
  constexpr std::size_t remembered = 1'000; // so that a tree with many short-lived children does not grow
  const std::lock_guard guard(mutex_);
  const auto found = slots_.find(slot);
  retired_.emplace_back(slot, found->second->path());
  slots_.erase(found);
  if (slots_.empty()) all_ended_.notify_all();
  if (retired_.size() > remembered) retired_.pop_front();
}

void registry::for_each(const std::function<void(scheduled&)>& look) const {
  const std::lock_guard guard(mutex_);
  for (const auto& [number, slot] : slots_) look(*slot);
}

std::size_t registry::running() const {
  const std::lock_guard guard(mutex_);
  return slots_.size();
}

void registry::wait_until_all_ended() const {
  std::unique_lock lock(mutex_);
  all_ended_.wait(lock, [&] { return slots_.empty(); });
}

std::string registry::path_of(std::uint32_t slot) const {
  const std::lock_guard guard(mutex_);
  if (const auto found = slots_.find(slot); found != slots_.end()) return found->second->path();
  const auto ended = std::find_if(retired_.begin(), retired_.end(), [slot](const auto& r) { return r.first == slot; });
  return ended != retired_.end() ? ended->second : std::string{};
}

runtime::runtime(backend& threads, log_sink log, std::vector<std::shared_ptr<observer>> observers, std::chrono::nanoseconds health_period,
                 std::uint64_t seed, std::shared_ptr<tracing> traced)
    : backend_(threads),
      log_(std::move(log)),
      observers_(std::move(observers)),
      health_period_(health_period),
      seed_(seed),
      traced_(std::move(traced)) {}

void runtime::attach(const std::shared_ptr<scheduled>& what, std::unique_ptr<executor> by) {
  what->attach(*this, registry_.new_slot(*what), std::move(by));
}

template <class Tell>
void runtime::tell_observers(Tell tell) const noexcept {
  for (const auto& o : observers_) {
    try {
      tell(*o);
    } catch (...) {
      log(log_level::error, "an observer threw: " + from_exception(std::current_exception()).message());
    }
  }
}

void runtime::lifecycle_changed(const std::string& path, const lifecycle_event& step) noexcept {
  tell_observers([&](observer& o) { o.lifecycle_changed(path, step); });
}

void runtime::failure_decided(const failure& what, action then) noexcept {
  tell_observers([&](observer& o) { o.failure_decided(what, then); });
  if (log_)
    log(log_level::warning, what.path + " failed (incarnation " + std::to_string(what.incarnation) + ", " +
                                std::string{to_string(what.source)} + "): " + what.what.message() +
                                "; decision: " + std::string{to_string(then)});
}

void runtime::breaker_changed(const std::string& path, breaker_state to) noexcept {
  tell_observers([&](observer& o) { o.breaker_changed(path, to); });
  if (log_) log(to == breaker_state::open ? log_level::warning : log_level::info, path + ": its breaker is " + std::string{to_string(to)});
}

void runtime::reloaded(const reload_report& report) noexcept {
  tell_observers([&](observer& o) { o.reloaded(report); });
  if (!log_) return;
  const bool well = report.outcome == reload_outcome::applied || report.outcome == reload_outcome::unchanged;
  log(well ? log_level::info : log_level::warning, "reload: " + to_string(report));
}

void runtime::dead_letter_made(dead_letter_cause cause, std::string_view message, const message_header& header,
                               const std::string& receiver) noexcept {
  dead_letters_[static_cast<std::size_t>(cause)].fetch_add(1, std::memory_order_relaxed);
  const auto held_back = admit_dead_letter_line();
  const bool told = !observers_.empty() && !notice::given_by(*this);
  if (!held_back && !told) return;
  const std::string sender = header.id.known() ? registry_.path_of(header.id.slot) : std::string{};
  const dead_letter letter{cause, message, sender, receiver, header};
  if (told) {
    const notice now_given(*this);
    tell_observers([&](observer& o) { o.dead_letter_made(letter); });
  }
  if (!held_back) return;
  std::string line = "dead letter: " + to_string(letter);
  if (*held_back > 0) line += " (and " + std::to_string(*held_back) + " more since the last line)";
  log(log_level::warning, line);
}

void runtime::message_quarantined(const quarantined_message& what) noexcept {
  tell_observers([&](observer& o) { o.message_quarantined(what); });
  if (log_) log(log_level::warning, "quarantined " + to_string(what));
}

std::optional<std::uint64_t> runtime::admit_dead_letter_line() noexcept {
  if (!log_) return std::nullopt;
  const std::lock_guard guard(dead_letter_log_mutex_);
  if (closed_) return std::nullopt;
  return dead_letter_log_.admit(now());
}

void runtime::close() noexcept {
  if (traced_) traced_->close();
  const std::lock_guard guard(dead_letter_log_mutex_);
  closed_ = true;
}

std::uint64_t runtime::dead_letters(dead_letter_cause cause) const noexcept {
  return dead_letters_[static_cast<std::size_t>(cause)].load(std::memory_order_relaxed);
}

void runtime::handler_overran(const overrun& what) noexcept {
  tell_observers([&](observer& o) { o.handler_overran(what); });
  if (log_) log(what.came_back ? log_level::info : log_level::warning, to_string(what));
}

void runtime::liveness_changed(bool alive, const std::string& busy) noexcept {
  tell_observers([&](observer& o) { o.liveness_changed(alive); });
  if (alive) log(log_level::info, "the pool's threads work again");
  else log(log_level::error, "none of the pool's threads is free for any work; busy: " + busy);
}

void runtime::shutdown_entered(shutdown_phase phase) noexcept {
  tell_observers([&](observer& o) { o.shutdown_entered(phase); });
}

void runtime::log(log_level level, std::string_view line) const noexcept {
  if (!log_) return;
  std::string flat; // a line is a line, whatever an exception or a name says
  if (line.find_first_of("\n\r") != std::string_view::npos) {
    for (const char c : line) flat += c == '\n' ? "\\n" : c == '\r' ? "\\r" : std::string(1, c);
    line = flat;
  }
  try {
    log_(level, line);
  } catch (...) {
    const std::string why = from_exception(std::current_exception()).message();
    std::fprintf(stderr, "alys: the log sink threw (%s) on: %.*s\n", why.c_str(), static_cast<int>(line.size()), line.data());
  }
}

} // namespace alys::detail

namespace alys {

std::string_view to_string(log_level level) noexcept {
  switch (level) {
    case log_level::debug: return "debug";
    case log_level::info: return "info";
    case log_level::warning: return "warning";
    case log_level::error: return "error";
  }
  return "unknown";
}

log_sink log_to_stderr() {
  return [](log_level level, std::string_view line) {
    if (level < log_level::warning) return;
    const std::string text = "alys " + std::string{to_string(level)} + ": " + std::string{line} + "\n";
    std::fputs(text.c_str(), stderr);
  };
}

log_sink log_to_nowhere() { return {}; }

} // namespace alys
