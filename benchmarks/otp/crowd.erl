%% SPDX-License-Identifier: Apache-2.0
%%
%% The tree benchmark's work in Erlang/OTP: one supervisor with many children, of which every so many-th fails, all at once; then an orderly
%% shutdown. Prints three times in nanoseconds: until all have started, until the last that failed is up again, and of the shutdown.
%% usage: erl -noshell -pa DIR -run crowd main CHILDREN FAILING
-module(crowd).
-behaviour(supervisor).
-export([main/1, init/1]).

main([Children, Failing]) ->
    ok = logger:set_primary_config(level, none),
    process_flag(trap_exit, true),
    _ = run(100, 20), % the warm-up
    Times = run(list_to_integer(Children), list_to_integer(Failing)),
    io:put_chars([[integer_to_list(T), $\n] || T <- Times]),
    halt(0).

run(Children, Failing) ->
    {Start, {ok, Supervisor}} = timed(fun() -> supervisor:start_link(?MODULE, {self(), Children, Failing}) end),
    All = ups(Children, []),
    Chosen = every(Children div Failing, Failing, All),
    {Healthy, Next} = timed(fun() ->
        lists:foreach(fun(Pid) -> gen_server:cast(Pid, crash) end, Chosen),
        ups(Failing, [])
    end),
    lists:foreach(fun(Pid) -> 1 = gen_server:call(Pid, {echo, 1}) end, Next ++ (All -- Chosen)),
    {Shutdown, ok} = timed(fun() ->
        exit(Supervisor, shutdown),
        receive {'EXIT', Supervisor, shutdown} -> ok end
    end),
    [Start, Healthy, Shutdown].

timed(Work) ->
    Begun = erlang:monotonic_time(nanosecond),
    Result = Work(),
    {erlang:monotonic_time(nanosecond) - Begun, Result}.

ups(0, Pids) -> lists:reverse(Pids);
ups(Left, Pids) -> receive {up, Pid} -> ups(Left - 1, [Pid | Pids]) end.

every(_, 0, _) -> [];
every(Step, Left, [Pid | _] = Pids) -> [Pid | every(Step, Left - 1, lists:nthtail(min(Step, length(Pids)), Pids))].

init({Client, Children, Failing}) ->
    {ok, {#{strategy => one_for_one, intensity => Failing, period => 60},
          [#{id => Number, start => {fragile, start_link, [Client]}} || Number <- lists:seq(1, Children)]}}.
