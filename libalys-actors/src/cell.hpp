// SPDX-License-Identifier: Apache-2.0
//
// The cell: the fixed address behind a child slot. It owns the mailbox, hosts one incarnation of the user's object at a time, and does
// what its supervisor decides. What becomes of each message when the object fails or stops is looked up in the fate table.
#pragma once

#include "lane.hpp"
#include "life_record.hpp"
#include "protocol.hpp"
#include "reload_round.hpp"
#include "runtime.hpp"
#include "set_aside.hpp"
#include "supervised.hpp"
#include "thrown.hpp"
#include "timer_queue.hpp"
#include "tracing.hpp"
#include "turn.hpp"

#include <alys/actors/child_options.hpp>
#include <alys/actors/detail/actor_type.hpp>
#include <alys/actors/detail/blueprint.hpp>
#include <alys/actors/detail/coroutine_turn.hpp>
#include <alys/actors/fate.hpp>
#include <alys/actors/tree.hpp>

namespace alys::detail {

// One life of the user's object, and everything that ends with it.
struct incarnation_state {
  struct asked {
    std::uint64_t number = 0; // 0: free
    std::chrono::nanoseconds deadline{};
    std::unique_ptr<continuation> then;
    std::uint64_t correlation = 0;
    trace_context trace;
    std::uint32_t next_free = 0; // while free
  };
  // What few lives ever need.
  struct rarity {
    std::chrono::nanoseconds finish_by = std::chrono::nanoseconds::max(); // of an end of its own that is held up
    std::unique_ptr<coroutine_turn> turns;                                // that wait; the youngest first
  };

  std::uint64_t sequence = 0; // of messages sent
  std::uint64_t numbers = 0;  // of asks and timers
  std::vector<asked> asks;
  std::uint32_t first_free = 0; // of asks; their number: none
  std::chrono::nanoseconds next_deadline = std::chrono::nanoseconds::max();
  std::unique_ptr<timer_queue> timers; // from the first one on
  std::vector<std::weak_ptr<promise_state>> owed;
  std::unique_ptr<actor_base> object; // goes before all that is above ...
  std::unique_ptr<rarity> rare;       // ... and the frames that work on it before it

  [[nodiscard]] rarity& rarities() {
    if (!rare) rare = std::make_unique<rarity>();
    return *rare;
  }
  [[nodiscard]] std::size_t timers_set() const noexcept { return timers ? timers->size() : 0; }
  [[nodiscard]] std::chrono::nanoseconds finish_by() const noexcept { return rare ? rare->finish_by : std::chrono::nanoseconds::max(); }
};

class cell final : public supervised, public actor_host {
public:
  explicit cell(std::shared_ptr<const blueprint> plan, std::string path);

  void set_supervisor(std::shared_ptr<report_sink> supervisor, std::uint32_t child) override;
  [[nodiscard]] std::uint32_t child_number() const noexcept { return child_.load(std::memory_order_relaxed); }
  [[nodiscard]] const blueprint& plan() const noexcept { return *plan_; }
  void never_run(runtime& world) noexcept override;
  void turn_away_queued() noexcept override;
  void narrow_door(std::uint32_t room) noexcept override;
  void open_door() noexcept override;
  // Puts another plan for the same actor with the same options in place; before attach. For the test kit, which wraps actors.
  void set_plan(std::shared_ptr<const blueprint> plan) noexcept { plan_ = std::move(plan); }
  // Messages that are late; null if none ever was. To write only in its own turn.
  [[nodiscard]] late_messages* late() const noexcept { return aside_.get() != nullptr ? aside_.get()->late.get() : nullptr; }
  [[nodiscard]] late_messages& need_late() { return aside_.need().late.need(); }

  // Senders' side.
  [[nodiscard]] admission push(data_ptr& message) noexcept override;
  [[nodiscard]] admission readmit(data_ptr& message) noexcept override;
  void bounce(data_ptr message, admission why) noexcept override;
  void wait_for_room(data_ptr message) noexcept override;
  bool park(data_ptr message, const std::shared_ptr<reply_port>& sender, std::uint64_t ticket) noexcept override;
  [[nodiscard]] data_ptr withdraw(priority which, const reply_port& sender, std::uint64_t ticket) noexcept override;
  void refuse_to_wait() noexcept override { rejected_.fetch_add(1, std::memory_order_relaxed); }
  [[nodiscard]] std::chrono::nanoseconds patience() const noexcept override { return plan_->options->mailbox.block_for; }
  void deliver(reply_ptr reply) noexcept override;
  [[nodiscard]] const actor_type* type() const noexcept override { return plan_->type; }

  // An instant's view for people, from any thread; never waits for the actor.
  void describe(tree_node& into) const override;
  [[nodiscard]] std::chrono::nanoseconds up_until(std::chrono::nanoseconds now) const noexcept override { return life_.up_until(now); }
  [[nodiscard]] bool idle() const noexcept override;
  [[nodiscard]] work_sample sample() const noexcept override;
  // Of this child, as its supervisor counts.
  [[nodiscard]] std::uint32_t number() const noexcept { return child_; }

  // The sender's side of a full mailbox that blocks: this actor handles no data until `to` has room for the message, or its patience ends.
  void send_when_there_is_room(process& to, data_ptr message) noexcept;
  void wait_over(std::uint64_t ticket) noexcept override;

  // The object's side.
  void submit_ask(process_ptr to, data_ptr message, std::chrono::nanoseconds deadline, std::unique_ptr<continuation> then) override;
  void wake_after(std::chrono::nanoseconds time, std::unique_ptr<continuation> then) override;
  void keep(std::unique_ptr<coroutine_turn> turn) override;
  timer_id add_timer(std::chrono::nanoseconds delay, std::chrono::nanoseconds period, data_ptr message) override;
  void cancel_timer(const timer_id& id) noexcept override;
  void request_finish() noexcept override { finish_requested_ = true; }
  error stash() override;
  void unstash_all() noexcept override;
  [[nodiscard]] std::chrono::nanoseconds now() const noexcept override;
  [[nodiscard]] std::uint32_t incarnation() const noexcept override { return life_.incarnation(); }
  [[nodiscard]] process_ptr self() override { return shared_from_this(); }
  [[nodiscard]] alys::tracer tracer() const noexcept override { return alys::tracer{world().traced()}; }

private:
  enum class hook_kind : std::uint8_t { none, initialize, call_in_hand, stopping };
  using name_of_work = std::string_view (*)() noexcept;
  enum class purpose : std::uint8_t { none, halt, stop, finish };
  static constexpr std::uint32_t remembered_lives = 64;

  // Messages (cell.cpp).
  void on_control(envelope_ptr control) noexcept override;
  bool on_data() noexcept override;
  [[nodiscard]] bool takes_data() const noexcept override { return running() && !suspended_ && !parked_ && !call_in_hand_; }
  // Their messages do not wait for room elsewhere, but for a call in hand.
  [[nodiscard]] bool takes_timers() const noexcept { return running() && !suspended_ && !call_in_hand_; }
  [[nodiscard]] bool data_waits() const noexcept override { return urgent_.waits() || normal_.waits(); }
  void on_batch_begin() noexcept override;
  void on_batch_end() noexcept override;
  void count_turned_away() noexcept override { rejected_.fetch_add(1, std::memory_order_relaxed); }
  [[nodiscard]] lane& lane_of(const data_envelope& message) noexcept { return lane_of(message.type->priority); }
  void dispatch(data_ptr message, bool from_timer) noexcept;
  void failed_in_hand(data_ptr in_hand, const handler_entry& by, error what, failure_source source, bool from_timer) noexcept;
  template <class Work>
  void in_turn(name_of_work name, message_header conversation, failure_source source, Work work) noexcept;
  [[nodiscard]] std::size_t capacity_of(const lane& l) const noexcept;
  void tell_probe() noexcept;
  void end_turn() noexcept;
  void remember_owed(const std::shared_ptr<promise_state>& owed);

  // What it waits for: answers and timers (cell_time.cpp).
  void on_time(std::chrono::nanoseconds now) noexcept override;
  void require_own_turn() const;
  incarnation_state::asked& add_ask(std::chrono::nanoseconds deadline, std::unique_ptr<continuation> then);
  void handle_reply(reply_ptr reply) noexcept;
  void expire_asks(std::chrono::nanoseconds now) noexcept;
  void fire_timers(std::chrono::nanoseconds now) noexcept;
  void arm_timers();

  // Traces (cell_trace.cpp); only called where there is tracing.
  [[nodiscard]] span_data span_of_this(trace_context& trace, std::string_view name, std::chrono::nanoseconds from);
  void begin_span(data_envelope& message) noexcept;
  void end_span(const message_header& of, const handler_outcome& how) noexcept;
  [[nodiscard]] std::shared_ptr<live_span> begin_hook_span(trace_context& trace, std::string_view name) noexcept;
  [[nodiscard]] std::shared_ptr<live_span> begin_life_span(trace_context& trace, const trace_context& failed) noexcept;

  // What is set aside (cell_set_aside.cpp).
  [[nodiscard]] bool redelivers(const handler_entry& by) const noexcept;
  void note_running() noexcept;
  [[nodiscard]] message_role role_of_failing(const data_envelope& m, const set_aside& aside) const noexcept;
  void settle_failing(outcome decided) noexcept;
  void end_failed(data_ptr message, const error& why) noexcept;
  void quarantine_message(data_ptr message, const set_aside& aside) noexcept;
  void put_into_stash(data_ptr message) noexcept;
  void take_back(data_ptr message) noexcept;
  void describe_aside(message_counts& into) const noexcept;
  [[nodiscard]] bool some_are_late() const noexcept { return late() != nullptr && late()->size() > 0; }
  void put_off(data_ptr message) noexcept;
  void handle_late(std::chrono::nanoseconds at) noexcept;

  // Waiting for room elsewhere (cell_parking.cpp).
  [[nodiscard]] lane& lane_of(priority p) noexcept { return p == priority::urgent ? urgent_ : normal_; }
  void turn_away_waiting(lane& at, admission why) noexcept;
  void room_was_made(std::uint64_t ticket) noexcept;
  void expire_parked(std::chrono::nanoseconds at) noexcept;
  void arm_parked();
  void give_up_parked(parked_send& send) noexcept;
  void settle_parked(outcome decided) noexcept;

  // Handlers and hooks that are coroutines (cell_turns.cpp).
  void hold(data_ptr message, const turn& first) noexcept;
  void go_on(coroutine_turn& waiting, continuation& then, reply_envelope& reply) noexcept;
  [[nodiscard]] std::unique_ptr<coroutine_turn> take_out(coroutine_turn& over) noexcept;
  void end_of_turn(std::unique_ptr<coroutine_turn> over, const handler_entry* entry, handler_outcome how, failure_source source) noexcept;
  void turn_over(bool was_exclusive) noexcept;
  [[nodiscard]] name_of_work name_of_call() const noexcept;
  void cut_turns(incarnation_state& ended, outcome decided) noexcept;

  // Life (cell_life.cpp).
  [[nodiscard]] bool running() const noexcept { return life_.state() == lifecycle_state::running; }
  void obey(const command& order) noexcept;
  void suffer(const command& fault) noexcept;
  void start(const command& order) noexcept;
  void finish_initialize(error e, const trace_context& during = {}) noexcept;
  void resume() noexcept;
  void begin_stop(purpose why) noexcept;
  void run_stopping() noexcept;
  void watch_own_end() noexcept;
  void finish_stop(error e) noexcept;
  void end_incarnation(purpose why) noexcept;
  void give_back(outcome decided) noexcept;
  void release(outcome decided) noexcept;
  [[nodiscard]] bool answers_matter(std::uint32_t of_incarnation) const noexcept;
  void terminate() noexcept;
  void hook_replied(const reply_envelope& reply) noexcept;
  void give_up() noexcept;
  void check_health() noexcept;
  void judge_itself(health_report own) noexcept;
  [[nodiscard]] health_report stall() const;
  void fail(error what, failure_source source, const trace_context& during = {}) noexcept;
  void advance(lifecycle_state to, std::chrono::nanoseconds at, const error& cause = {}) noexcept {
    life_.advance(world(), path(), to, at, cause);
  }
  void tell(report_kind kind, error cause = {}, failure_source source = failure_source::returned) noexcept;
  hook_outcome call_hook(name_of_work name, hook h) noexcept;
  void await_hook(hook_kind kind, const std::shared_ptr<promise_state>& pending, std::shared_ptr<live_span> span = nullptr) noexcept;

  // New configurations (cell_reload.cpp).
  void heed(std::unique_ptr<reload_order> order) noexcept;
  void heed_waiting() noexcept;
  void heed(const options_order& order) noexcept;
  [[nodiscard]] error prepare(const reload_order& order) noexcept;
  void apply(prepared_plan& plan) noexcept;
  void take_overdue_config() noexcept;
  [[nodiscard]] bool can_take_config() const noexcept { return running() && !suspended_ && !call_in_hand_; }
  [[nodiscard]] std::unique_ptr<prepared_plan> make_plan(const void* next, error& refusal) noexcept;
  // In effect; owner only, but for what cannot change: other threads look at those of the plan.
  [[nodiscard]] const std::shared_ptr<const void>& config() const noexcept {
    return reload_ && reload_->config ? reload_->config : plan_->config;
  }
  [[nodiscard]] const child_options& options() const noexcept { return reload_ && reload_->options ? *reload_->options : *plan_->options; }

  std::shared_ptr<const blueprint> plan_;
  std::unique_ptr<cell_reload> reload_;
  std::shared_ptr<report_sink> supervisor_;
  std::atomic<std::uint32_t> child_{0}; // whoever wants to dismiss it may ask
  bool suspended_ = false;
  bool parked_ = false; // one of its sends waits for room
  bool finish_requested_ = false;
  bool begun_ = false;        // the first incarnation was started
  bool call_in_hand_ = false; // a handler that lets nothing else in waits
  hook_kind hook_ = hook_kind::none;
  purpose purpose_ = purpose::none;
  std::uint8_t urgent_in_a_row_ = 0;
  std::uint32_t until_sampled_ = 0;  // see tracing::admits
  std::uint64_t answers_matter_ = 0; // one bit for each of the last remembered_lives: an answer that comes for it is a dead letter
  on_demand<set_aside> aside_;
  std::unique_ptr<incarnation_state> state_;
  envelope_list held_; // replies that came while suspended

  lane normal_;
  lane urgent_;

  // Written by the owner only, read by describe().
  std::atomic<std::uint64_t> handled_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> failed_{0};
  std::atomic<std::uint64_t> undelivered_{0};
  std::atomic<std::uint64_t> timers_fired_{0};
  std::atomic<std::uint64_t> timers_dropped_{0};
  std::atomic<std::chrono::nanoseconds> busy_since_{std::chrono::nanoseconds{-1}};
  std::atomic<std::chrono::nanoseconds> last_progress_{std::chrono::nanoseconds{-1}}; // when a batch began that handled a message
  std::atomic<name_of_work> working_on_{nullptr};
  std::atomic<std::uint32_t> pending_asks_{0};
  std::uint32_t probes_to_tell_ = 0; // the owner's: so many more handled messages of this incarnation are told to the supervisor
  // Written by senders.
  std::atomic<std::uint64_t> rejected_{0};
  std::atomic<std::uint64_t> dropped_{0};

  life_record life_;
};

template <class Work>
void cell::in_turn(name_of_work name, message_header conversation, failure_source source, Work work) noexcept {
  count_turn();
  working_on_.store(name, std::memory_order_relaxed);
  turn now_running{&world(), slot(), life_.incarnation(), &state_->sequence, &conversation};
  now_running.self = this;
  const turn_scope scope(now_running);
  if (error thrown = error_thrown_by(std::move(work))) fail(std::move(thrown), source, conversation.trace);
}

// The registration that actor_base's constructor reads: the host and config of the object that is being built on this thread.
struct construction {
  actor_host* host = nullptr;
  std::shared_ptr<const void> config;
};
[[nodiscard]] construction*& current_construction() noexcept;

} // namespace alys::detail
