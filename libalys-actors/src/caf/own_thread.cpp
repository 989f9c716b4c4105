// SPDX-License-Identifier: Apache-2.0
#include "own_thread.hpp"

namespace alys::detail {

const backend*& pool_of_thread() noexcept {
  thread_local const backend* owner = nullptr;
  return owner;
}

void own_thread::bell::ring(bool last) noexcept {
  {
    const std::lock_guard guard(mutex);
    waiting = true;
    over = over || last;
  }
  rung.notify_one();
}

class own_thread::bell_executor final : public unit_executor {
public:
  bell_executor(caf::strong_actor_ptr self, std::shared_ptr<bell> b) : unit_executor(std::move(self)), bell_(std::move(b)) {}
  void schedule() noexcept override { bell_->ring(false); }

private:
  std::shared_ptr<bell> bell_;
};

own_thread::own_thread(const caf::strong_actor_ptr& self, std::size_t most, const backend& owner)
    : bell_(std::make_shared<bell>()), thread_([self, most, &owner, b = bell_] {
        pool_of_thread() = &owner;
        run(self, most, *b);
      }) {}

own_thread::~own_thread() {
  bell_->ring(true);
  thread_.join();
}

std::unique_ptr<executor> own_thread::make_executor(caf::strong_actor_ptr self) const {
  return std::make_unique<bell_executor>(std::move(self), bell_);
}

bool own_thread::finished() const {
  const std::lock_guard guard(bell_->mutex);
  return bell_->finished;
}

void own_thread::run(const caf::strong_actor_ptr& self, std::size_t most, bell& b) {
  auto& job = static_cast<unit&>(*self->get());
  for (;;) {
    std::unique_lock lock(b.mutex);
    b.rung.wait(lock, [&] { return b.waiting; });
    b.waiting = false;
    if (b.over) break;
    lock.unlock();
    caf::resumable::resume_result result = caf::resumable::resume_later;
    while (result == caf::resumable::resume_later) result = job.resume(nullptr, most);
    if (result == caf::resumable::done) break;
  }
  const std::lock_guard guard(b.mutex);
  b.finished = true;
}

} // namespace alys::detail
