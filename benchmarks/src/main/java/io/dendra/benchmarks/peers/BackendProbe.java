package io.dendra.benchmarks.peers;

import io.dendra.backend.Backend;
import io.dendra.backend.BackendProvider;
import io.dendra.backend.CapturedWork;
import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Puts a clock around every call of a backend and of what it hands out. Made by reflection, so that
 * it follows the interface as it grows.
 */
final class BackendProbe {
  private final CallProfile profile;

  BackendProbe(CallProfile profile) {
    this.profile = profile;
  }

  /** A provider that is this one, but for the clock around its backends. */
  BackendProvider around(BackendProvider provider) {
    return proxy(
        BackendProvider.class,
        (proxy, method, args) -> {
          Object result = invoke(provider, method, args);
          return result instanceof Backend backend ? around(backend) : result;
        });
  }

  private Backend around(Backend backend) {
    return proxy(
        Backend.class,
        (proxy, method, args) -> {
          Object result = timed(Part.ofMethod(method.getName()), "", backend, method, args);
          if (result instanceof FusedKernel kernel) {
            return around(kernel, (FusedOp) args[0]);
          }
          return result instanceof CapturedWork work ? around(work) : result;
        });
  }

  private FusedKernel around(FusedKernel kernel, FusedOp op) {
    Part part = Part.ofFused(op);
    String prefix = op.label() + " ";
    return proxy(
        FusedKernel.class,
        (proxy, method, args) ->
            method.getName().equals("hasBackward")
                ? invoke(kernel, method, args)
                : timed(part, prefix, kernel, method, args));
  }

  private CapturedWork around(CapturedWork work) {
    return proxy(
        CapturedWork.class,
        (proxy, method, args) -> timed(Part.ofMethod(method.getName()), "", work, method, args));
  }

  private Object timed(Part part, String prefix, Object target, Method method, Object[] args)
      throws Throwable {
    if (!profile.isOn()) {
      return invoke(target, method, args);
    }
    long start = System.nanoTime();
    try {
      return invoke(target, method, args);
    } finally {
      profile.call(part, prefix + method.getName(), args, start, System.nanoTime() - start);
    }
  }

  private static Object invoke(Object target, Method method, Object[] args) throws Throwable {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
