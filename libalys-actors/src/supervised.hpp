// SPDX-License-Identifier: Apache-2.0
//
// A child that is no supervisor, as its supervisor and its declaration know it: it takes commands, gives reports, and can be told that
// it will never run. Cells are the one kind, foreign slots the other.
#pragma once

#include "protocol.hpp"
#include "scheduled.hpp"

namespace alys::detail {

class supervised : public scheduled {
public:
  // Says whom to report to, under which number; before attach.
  virtual void set_supervisor(std::shared_ptr<report_sink> supervisor, std::uint32_t child) = 0;
  // Instead of attach: it came when its tree was about to end. Turns away what was sent to it.
  virtual void never_run(runtime& world) noexcept = 0;
  // Gives what is queued its end, and turns away all that comes. Owner only, or whoever knows that it will never run.
  virtual void turn_away_queued() noexcept = 0;
  // Any thread, though one at a time: from now on at most `room` data messages wait, and others are turned away by the breaker ...
  virtual void narrow_door(std::uint32_t room) noexcept { (void)room; }
  // ... or as many as the options say.
  virtual void open_door() noexcept {}

protected:
  using scheduled::scheduled;
};

} // namespace alys::detail
