// SPDX-License-Identifier: Apache-2.0
//
// An observer that writes everything down in words.
#pragma once

#include "journal.hpp"

#include <alys/actors/observer.hpp>

namespace alys::test {

struct watch final : alys::observer {
  journal steps;        // "/root/child: running -> failed (1)"
  journal decisions;    // "/root/child (1): restart"
  journal dead_letters; // "alys::test::note to /root/child: mailbox full"

  void lifecycle_changed(std::string_view path, const lifecycle_event& step) override {
    steps.write(std::string{path} + ": " + std::string{to_string(step.from)} + " -> " + std::string{to_string(step.to)} + " (" +
                std::to_string(step.incarnation) + ")");
  }
  void failure_decided(const failure& what, action then) override {
    decisions.write(what.path + " (" + std::to_string(what.incarnation) + "): " + std::string{to_string(then)});
  }
  void dead_letter_made(const dead_letter& letter) override {
    dead_letters.write(std::string{letter.message} + " to " + std::string{letter.receiver} + ": " + std::string{to_string(letter.cause)});
  }
};

} // namespace alys::test
