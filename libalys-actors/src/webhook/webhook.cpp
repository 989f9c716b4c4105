// SPDX-License-Identifier: Apache-2.0
#include <alys/actors/webhook.hpp>

#include <alys/actors/fault.hpp>
#include <alys/actors/http_client.hpp>

#include <thread>

namespace alys {

namespace {

class webhook final : public alert_sink {
public:
  webhook(http_url to, webhook_options options) : to_(std::move(to)), options_(std::move(options)) {}

  [[nodiscard]] result<void> deliver(const alert& what) override {
    error last;
    for (std::uint32_t attempt = 0; attempt < options_.attempts; ++attempt) {
      if (attempt > 0) std::this_thread::sleep_for(options_.pause);
      const auto reply = http_post(to_, to_json(what), {.deadline = options_.deadline, .fields = options_.fields});
      if (reply && reply->ok()) return {};
      last = reply ? fail(fault::invalid_reply, to_string(to_) + ": status " + std::to_string(reply->status)) : reply.error();
    }
    return last;
  }

private:
  const http_url to_;
  const webhook_options options_;
};

} // namespace

result<std::shared_ptr<alert_sink>> make_webhook(webhook_options options) {
  problem_list problems;
  const auto url = parse_http_url(options.url);
  if (!url) problems.push_back({"url", url.error().text()});
  if (options.deadline <= options.deadline.zero()) problems.push_back({"deadline", "must be more than 0"});
  if (options.attempts == 0) problems.push_back({"attempts", "must be at least 1"});
  if (options.pause < options.pause.zero()) problems.push_back({"pause", "must not be negative"});
  if (!problems.empty()) return refuse(errc::out_of_range, to_string(problems));
  return std::shared_ptr<alert_sink>{std::make_shared<webhook>(*url, std::move(options))};
}

} // namespace alys
