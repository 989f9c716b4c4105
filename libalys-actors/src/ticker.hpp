// SPDX-License-Identifier: Apache-2.0
//
// Something that is done again and again beside the tree: by a thread of its own, which no stuck actor can hold up, or as virtual time passes.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace alys::detail {

// Goes on until it is destroyed, which waits for the call that runs.
class ticker {
public:
  ticker() = default;
  virtual ~ticker() = default;
  ticker(const ticker&) = delete;
  ticker& operator=(const ticker&) = delete;
};

// Calls `look` once a period, first one period from now. Throws std::system_error if the operating system gives no thread.
[[nodiscard]] std::unique_ptr<ticker> make_thread_ticker(std::chrono::nanoseconds period, std::function<void()> look);

} // namespace alys::detail
