// SPDX-License-Identifier: Apache-2.0
//
// Where the answer to a test's own question arrives.
#pragma once

#include <alys/actors/detail/envelope.hpp>

namespace alys::testkit::detail {

class answer_box final : public alys::detail::reply_port {
public:
  void deliver(alys::detail::reply_ptr reply) noexcept override { reply_ = std::move(reply); }
  [[nodiscard]] bool full() const noexcept { return reply_ != nullptr; }
  // An answer of the kind "no answer in time" if there is none.
  [[nodiscard]] alys::detail::reply_ptr take() {
    if (reply_) return std::move(reply_);
    return std::make_unique<alys::detail::error_reply>(error{error_kind::undelivered, errc::deadline, category::unknown, std::nullopt, {}});
  }

private:
  alys::detail::reply_ptr reply_;
};

} // namespace alys::testkit::detail
