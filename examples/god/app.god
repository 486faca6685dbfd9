# As god has it: Redis, and a worker that must not grow.
God.watch do |w|
  w.name     = 'redis'
  w.start    = '/usr/bin/redis-server /etc/redis/redis.conf'
  w.interval = 30.seconds
  w.grace    = 10.seconds
  w.keepalive

  w.restart_if do |on|
    on.condition(:memory_usage) do |c|
      c.above = 512.megabytes
      c.times = [3, 5]
    end
    on.condition(:cpu_usage) do |c|
      c.above = 50.percent
      c.times = 5
    end
  end
end

God.watch do |w|
  w.name          = 'web'
  w.start         = '/usr/sbin/nginx -g "daemon off;"'
  w.stop_signal   = 'QUIT'
  w.stop_timeout  = 10.seconds
  w.start_grace   = 5.seconds

  w.restart_if do |on|
    on.condition(:http_response_code) do |c|
      c.host = 'localhost'
      c.port = 80
      c.path = '/health'
      c.code_is_not = 200
      c.timeout = 2.seconds
      c.times = [2, 3]
    end
  end

  w.lifecycle do |on|
    on.condition(:flapping) do |c|
      c.to_state     = [:start, :restart]
      c.times        = 5
      c.within       = 5.minutes
      c.transition   = :unmonitored
      c.retry_in     = 10.minutes
    end
  end
end
