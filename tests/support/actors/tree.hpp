// SPDX-License-Identifier: Apache-2.0
//
// Small trees to put under test: declared, started and looked at in a line each.
#pragma once

#include "subject.hpp"
#include "watch.hpp"

#include <catch2/catch.hpp>

#include <map>

namespace alys::test {

using lines = std::vector<std::string>;

// A tree under construction, whose root is "root"; its watcher, and one script per child.
struct tree {
  explicit tree(strategy how = one_for_one{}, supervisor_options options = {}) : root("root", how, std::move(options)) {}

  // A subject under `parent`, with a script of its own.
  ref<subject> add(supervisor_spec& parent, const std::string& name, child_options options = {}) {
    auto& its = scripts[name];
    its = std::make_shared<script>();
    return parent.child<subject>(name, {}, std::move(options), its);
  }
  ref<subject> add(const std::string& name, child_options options = {}) { return add(root, name, std::move(options)); }
  [[nodiscard]] script& of(const std::string& name) { return *scripts.at(name); }

  [[nodiscard]] alys::system start(system_options options = {}) {
    options.log = [log = log](log_level, std::string_view line) { log->write(std::string{line}); };
    options.observers.push_back(seen);
    return alys::system::start(root, std::move(options));
  }

  supervisor_spec root;
  std::map<std::string, script_ptr> scripts;
  std::shared_ptr<watch> seen = std::make_shared<watch>();
  std::shared_ptr<journal> log = std::make_shared<journal>();
};

[[nodiscard]] inline act answering(int value) {
  return {[value](subject&) { return value; }};
}
[[nodiscard]] inline act incarnation_of() {
  return {[](subject& s) { return static_cast<int>(s.incarnation()); }};
}
[[nodiscard]] inline act throwing(const std::string& what = "thrown") {
  return {[what](subject&) -> result<int> { throw std::runtime_error(what); }};
}
[[nodiscard]] inline act failing(error with) {
  return {[with = std::move(with)](subject&) -> result<int> { return with; }};
}
// Says that it is there, and stays in the handler until the gate opens.
[[nodiscard]] inline act holding(const std::shared_ptr<gate>& inside, const std::shared_ptr<gate>& until) {
  return {[inside, until](subject&) {
    inside->open();
    until->pass();
    return 0;
  }};
}

// What a declaration that does not start is refused with.
[[nodiscard]] inline std::string what_start_says(tree& t) {
  try {
    auto system = t.start();
  } catch (const start_error& e) {
    return e.what();
  }
  return "it started";
}

} // namespace alys::test
