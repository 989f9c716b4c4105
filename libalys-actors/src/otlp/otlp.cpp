// SPDX-License-Identifier: Apache-2.0
//
// The exporter's queue and its thread.
#include <alys/actors/otlp.hpp>

#include "otlp_encoding.hpp"
#include "retry_after.hpp"

#include <alys/actors/fault.hpp>
#include <alys/actors/http_client.hpp>
#include <alys/actors/restart.hpp>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <random>
#include <stdexcept>
#include <thread>

namespace alys {

namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t most_reply_bytes = 65'536; // of a collector's answer, which is a few bytes long

// What a request came to.
enum class verdict : std::uint8_t { taken, refused, again };
struct response {
  verdict how = verdict::again;
  std::uint64_t rejected = 0;            // of a batch that was taken
  std::optional<milliseconds> wait = {}; // that the collector asks for
  std::string problem = {};
};

// OTLP/HTTP: only these mean that the same request may be sent again.
[[nodiscard]] bool may_be_sent_again(unsigned status) noexcept { return status == 429 || (status >= 502 && status <= 504); }

[[nodiscard]] response judge(const result<http_reply>& reply, std::uint64_t sent) {
  if (!reply) return {.problem = reply.error().message()};
  if (reply->ok()) return {.how = verdict::taken, .rejected = detail::rejected_spans(reply->body, sent)};
  response said{.how = verdict::refused, .problem = "HTTP status " + std::to_string(reply->status)};
  if (!may_be_sent_again(reply->status)) return said;
  said.how = verdict::again;
  said.wait = detail::parse_retry_after(reply->field("Retry-After"), std::chrono::system_clock::now());
  return said;
}

[[nodiscard]] bool printable(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}
[[nodiscard]] bool is_token(const std::string& name) {
  return !name.empty() && printable(name) && name.find_first_of("()<>@,;:\\\"/[]?={} ") == std::string::npos;
}

} // namespace

void otlp_options::validate(problem_list& problems) const {
  const auto within = [&](const char* name, auto value, auto least, auto most, const char* allowed) {
    if (value < least || value > most) problems.push_back({name, allowed});
  };
  constexpr milliseconds hour = std::chrono::hours{1};
  if (const auto url = parse_http_url(endpoint); !url) problems.push_back({"endpoint", url.error().text()});
  if (service_name.empty()) problems.push_back({"service_name", "must not be empty"});
  for (const auto& [name, value] : fields) {
    if (!is_token(name) || !printable(value)) problems.push_back({"fields", "\"" + name + "\" is no header field"});
  }
  within("queue", queue, std::size_t{1}, std::size_t{1'000'000}, "must be from 1 to 1000000");
  within("batch", batch, std::size_t{1}, queue, "must be from 1 to the size of the queue");
  within("interval", interval, milliseconds{1}, hour, "must be from 1ms to 1h");
  within("timeout", timeout, milliseconds{1}, hour, "must be from 1ms to 1h");
  within("attempts", attempts, 1u, 100u, "must be from 1 to 100");
  within("first_retry", first_retry, milliseconds{1}, last_retry, "must be from 1ms to last_retry");
  within("last_retry", last_retry, milliseconds{1}, hour, "must be from 1ms to 1h");
  within("flush_within", flush_within, milliseconds{0}, hour, "must be from 0ms to 1h");
}

class otlp_exporter::worker {
public:
  explicit worker(otlp_options options)
      : options_(std::move(options)),
        to_(parse_http_url(options_.endpoint).value()),
        resource_(options_.resource),
        random_((std::uint64_t{std::random_device{}()} << 32) ^ std::random_device{}()),
        thread_([this] { run(); }) {}

  ~worker() {
    (void)flush(options_.flush_within);
    {
      const std::lock_guard guard(mutex_);
      ended_ = true;
    }
    stop_.request_stop(); // also a request that is under way
    changed_.notify_all();
    thread_.join();
  }

  void take(span_data&& span) {
    const std::lock_guard guard(mutex_);
    ++counts_.taken;
    if (counts_.queued >= options_.queue) {
      ++counts_.dropped_full;
      return;
    }
    ++counts_.queued;
    ++entered_;
    queue_.push_back(std::move(span));
    if (queue_.size() == options_.batch) changed_.notify_all();
  }

  bool flush(milliseconds within) {
    std::unique_lock lock(mutex_);
    const std::uint64_t before = entered_;
    hurry_until_ = before;
    changed_.notify_all();
    return settled_.wait_for(lock, within, [&] { return left() >= before; });
  }

  [[nodiscard]] otlp_counts counts() const {
    const std::lock_guard guard(mutex_);
    return counts_;
  }
  [[nodiscard]] std::string last_problem() const {
    const std::lock_guard guard(mutex_);
    return last_problem_;
  }

private:
  // How many of those that entered the queue are done with, in order.
  [[nodiscard]] std::uint64_t left() const noexcept { return entered_ - counts_.queued; }

  void run() {
    for (;;) {
      const std::vector<span_data> batch = next_batch();
      if (batch.empty()) return;
      try {
        send(batch);
      } catch (...) { // no memory, or no thread to look a name up: this batch is lost, the next one may do
        settle(batch.size(), &otlp_counts::dropped_failed, from_exception(std::current_exception()).message());
      }
    }
  }

  // Waits for a full one, or for what there is when the interval is over. Empty: the end.
  [[nodiscard]] std::vector<span_data> next_batch() {
    std::unique_lock lock(mutex_);
    const auto full = [&] { return ended_ || queue_.size() >= options_.batch || (!queue_.empty() && left() < hurry_until_); };
    for (auto until = clock::now() + options_.interval; !full(); until = clock::now() + options_.interval) {
      if (!changed_.wait_until(lock, until, full) && !queue_.empty()) break;
    }
    if (ended_) {
      counts_.dropped_at_end += queue_.size();
      counts_.queued -= queue_.size();
      queue_.clear();
      settled_.notify_all();
      return {};
    }
    const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), options_.batch));
    std::vector<span_data> batch(std::move_iterator{queue_.begin()}, std::move_iterator{end});
    queue_.erase(queue_.begin(), end);
    return batch;
  }

  void send(const std::vector<span_data>& batch) {
    auto resource = resource_;
    resource.emplace("service.name", options_.service_name);
    resource.emplace("telemetry.sdk.name", "alys");
    resource.emplace("telemetry.sdk.language", "cpp");
    const std::string body = detail::encode_trace_request(resource, batch);
    const backoff pauses{.initial = options_.first_retry, .cap = options_.last_retry};
    for (std::uint32_t attempt = 1;; ++attempt) {
      const response said = post(body, batch.size());
      if (said.how == verdict::taken) return settle_taken(batch.size(), said.rejected);
      if (stop_.stop_requested()) return settle(batch.size(), &otlp_counts::dropped_at_end, said.problem);
      if (said.how == verdict::refused) return settle(batch.size(), &otlp_counts::dropped_refused, said.problem);
      if (attempt == options_.attempts) return settle(batch.size(), &otlp_counts::dropped_failed, said.problem);
      const auto pause = next_delay(pauses, attempt, random_).value_or(options_.first_retry);
      if (!pause_for(said.wait ? std::min<std::chrono::nanoseconds>(*said.wait, options_.last_retry) : pause))
        return settle(batch.size(), &otlp_counts::dropped_at_end, said.problem);
    }
  }

  [[nodiscard]] response post(const std::string& body, std::uint64_t spans) {
    http_post_options how{.content_type = "application/x-protobuf",
                          .deadline = options_.timeout,
                          .most_reply_bytes = most_reply_bytes,
                          .fields = {options_.fields.begin(), options_.fields.end()},
                          .stop = stop_.get_token()};
    how.fields.emplace_back("User-Agent", "alys-otlp/" ALYS_VERSION);
    response said = judge(http_post(to_, body, how), spans);
    const std::lock_guard guard(mutex_);
    ++counts_.requests;
    if (said.how != verdict::taken) ++counts_.failures;
    last_problem_ = said.problem;
    return said;
  }

  // False if the end came first.
  [[nodiscard]] bool pause_for(std::chrono::nanoseconds time) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, time, [&] { return ended_; });
  }

  void settle_taken(std::uint64_t sent, std::uint64_t rejected) {
    const std::lock_guard guard(mutex_);
    counts_.exported += sent - rejected;
    counts_.dropped_refused += rejected;
    counts_.queued -= sent;
    settled_.notify_all();
  }
  void settle(std::uint64_t sent, std::uint64_t otlp_counts::*as, const std::string& problem) {
    const std::lock_guard guard(mutex_);
    counts_.*as += sent;
    counts_.queued -= sent;
    last_problem_ = problem;
    settled_.notify_all();
  }

  const otlp_options options_;
  const http_url to_;
  const detail::resource_attributes resource_;
  splitmix64 random_;
  mutable std::mutex mutex_; // held for a few instructions at a time, never while the network is used
  std::condition_variable changed_;
  std::condition_variable settled_;
  std::deque<span_data> queue_;
  otlp_counts counts_;
  std::string last_problem_;
  std::uint64_t entered_ = 0;     // the queue, ever
  std::uint64_t hurry_until_ = 0; // so many must have left it before the interval counts again
  bool ended_ = false;
  std::stop_source stop_;
  std::thread thread_; // last: it uses the rest
};

namespace {
[[nodiscard]] otlp_options checked(otlp_options options) {
  problem_list found;
  options.validate(found);
  if (!found.empty()) throw std::invalid_argument("alys: the exporter of spans: " + to_string(found));
  return options;
}
} // namespace

otlp_exporter::otlp_exporter(otlp_options options) : worker_(std::make_unique<worker>(checked(std::move(options)))) {}
otlp_exporter::~otlp_exporter() = default;
void otlp_exporter::take(span_data&& ended) { worker_->take(std::move(ended)); }
bool otlp_exporter::flush(milliseconds within) { return worker_->flush(within); }
otlp_counts otlp_exporter::counts() const { return worker_->counts(); }
std::string otlp_exporter::last_problem() const { return worker_->last_problem(); }

} // namespace alys
