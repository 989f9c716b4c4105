// SPDX-License-Identifier: Apache-2.0
#include "reloader.hpp"

#include "output.hpp"

#include <alys/actors/toml.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <fstream>

namespace alysd {

namespace {

// Everything else needs a new start.
constexpr std::array<std::string_view, 5> live_keys{"chain.fee_recipient", "api.host_names", "log.level", "shutdown_within",
                                                    "watch_config"};

template <class T>
void compare(const T& now, const T& next, const std::string& prefix, std::vector<std::string>& found) {
  std::vector<const void*> fields;
  alys::visit_fields(now, [&](std::string_view, const auto& field) { fields.push_back(&field); });
  std::size_t i = 0;
  alys::visit_fields(next, [&](std::string_view name, const auto& field) {
    using type = std::remove_cvref_t<decltype(field)>;
    const auto& before = *static_cast<const type*>(fields[i++]);
    if constexpr (alys::reflected<type>) compare(before, field, prefix + std::string{name} + ".", found);
    else if (before != field) found.push_back(prefix + std::string{name});
  });
}

} // namespace

std::vector<std::string> different_keys(const node_config& now, const node_config& next) {
  std::vector<std::string> found;
  compare(now, next, "", found);
  return found;
}

reloader::reloader(std::optional<std::filesystem::path> file, node_config current, reload_parts parts)
    : file_(std::move(file)), current_(std::move(current)), parts_(std::move(parts)) {
  (void)file_changed();
}

bool reloader::ask(std::string why) {
  if (!file_) return false;
  const std::lock_guard guard(mutex_);
  asked_ = std::move(why);
  return true;
}

bool reloader::file_changed() {
  if (!file_) return false;
  std::error_code unreadable;
  const auto written = std::filesystem::last_write_time(*file_, unreadable);
  if (unreadable || written == seen_) return false; // it may be on its way from one version to the next
  seen_ = written;
  return true;
}

void reloader::reload_if_asked(alys::system& system) {
  if (const auto now = std::chrono::steady_clock::now(); current_.watch_config && now >= next_look_) {
    next_look_ = now + std::chrono::seconds{1};
    if (file_changed()) (void)ask("the file has changed");
  }
  std::string cause;
  {
    const std::lock_guard guard(mutex_);
    cause = std::exchange(asked_, {});
  }
  if (cause.empty()) return;
  outcome found = reload(system);
  found.cause = std::move(cause);
  const bool applied = found.what == alys::reload_outcome::applied;
  put(stdout, fmt::format("configuration ({}): {}{}\n", found.cause, alys::to_string(found.what),
                          found.problems.empty() ? "" : "\n" + alys::to_string(found.problems)));
  const std::lock_guard guard(mutex_);
  version_ += applied;
  last_ = std::move(found);
}

reloader::outcome reloader::reload(alys::system& system) {
  outcome found;
  (void)file_changed(); // this is the version that is read now
  auto next = alys::load_toml<node_config>(*file_);
  if (!next) {
    found.what = alys::reload_outcome::refused;
    found.problems.push_back({file_->string(), next.error().text()});
    return found;
  }
  found.changed = different_keys(current_, *next);
  for (const std::string& key : found.changed) {
    if (std::ranges::find(live_keys, key) == live_keys.end())
      found.problems.push_back({key, "cannot change while the node runs: restart it"});
  }
  if (!found.problems.empty()) {
    found.what = alys::reload_outcome::refused;
    return found;
  }
  if (found.changed.empty()) return found;
  const alys::reload_report report = system.reload(parts_.declare(*next));
  found.problems = report.problems;
  found.what =
      report.outcome == alys::reload_outcome::unchanged ? alys::reload_outcome::applied : report.outcome; // none of it was an actor's
  if (found.what != alys::reload_outcome::applied) return found;
  current_ = std::move(*next);
  parts_.change_others(current_);
  if (const auto kept = keep_last_good(); !kept) found.problems.push_back({"last good configuration", kept.error().text()});
  return found;
}

alys::result<void> reloader::keep_last_good() const {
  if (!file_) return {};
  const auto place = std::filesystem::path{current_.data_folder} / "last-good.toml";
  const auto draft = std::filesystem::path{place}.replace_extension(".draft");
  {
    std::ofstream out(draft, std::ios::trunc);
    out << "# What was in effect when this was written, from " << file_->string() << "\n" << alys::to_toml(current_);
    out.flush();
    if (!out) return alys::fail(alys::category::resource, "cannot write " + draft.string());
  }
  std::error_code failed;
  std::filesystem::rename(draft, place, failed);
  if (failed) return alys::fail(alys::category::resource, "cannot write " + place.string() + ": " + failed.message());
  return {};
}

std::string reloader::status() const {
  const std::lock_guard guard(mutex_);
  nlohmann::json problems = nlohmann::json::array();
  for (const alys::problem& p : last_.problems) problems.push_back({{"where", p.path}, {"what", p.text}});
  const nlohmann::json all{
      {"version", version_},
      {"file", file_ ? nlohmann::json(file_->string()) : nlohmann::json()},
      {"pending", !asked_.empty()},
      {"last",
       {{"outcome", alys::to_string(last_.what)}, {"cause", last_.cause}, {"changed", last_.changed}, {"problems", std::move(problems)}}}};
  return all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace alysd
