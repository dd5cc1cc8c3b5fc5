package io.dendra.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A stretch of work whose tensors are released together at its end.
 *
 * <p>Every tensor made while a scope is open on the thread belongs to it. Training, evaluation and
 * prediction open scopes by themselves; code that computes with tensors directly uses {@link #run},
 * which keeps what it returns:
 *
 * <pre>{@code
 * Tensor distance = TensorScope.run(() -> a.sub(b).square().sum().sqrt());
 * }</pre>
 *
 * <p>Tensors made where no scope is open are released by {@link Tensor#close}, or at last by the
 * garbage collector. A scope is used by the thread that opened it.
 */
public final class TensorScope implements AutoCloseable {
  private static final ThreadLocal<TensorScope> CURRENT = new ThreadLocal<>();

  private final String name;
  private final TensorScope outer;
  private final ArrayList<Tensor> tensors = new ArrayList<>();

  private TensorScope(String name, TensorScope outer) {
    this.name = name;
    this.outer = outer;
  }

  /** Opens a scope inside the current one. */
  public static TensorScope open() {
    return open("scope");
  }

  /** Opens a scope whose name appears in errors about its tensors. */
  public static TensorScope open(String name) {
    TensorScope scope = new TensorScope(name, CURRENT.get());
    CURRENT.set(scope);
    return scope;
  }

  /**
   * Runs in a scope of its own and moves the result to the scope outside: a tensor, or tensors in
   * an array, a list or another iterable. Everything else is released.
   */
  public static <T> T run(Supplier<T> body) {
    try (TensorScope scope = open()) {
      T result = body.get();
      scope.keepAll(result);
      return result;
    }
  }

  /** Runs in a scope of its own, which releases all that is made in it. */
  public static void run(Runnable body) {
    try (TensorScope scope = open()) {
      body.run();
    }
  }

  private void keepAll(Object result) {
    if (result instanceof Tensor tensor) {
      keep(tensor);
    } else if (result instanceof Object[] array) {
      for (Object element : array) {
        keepAll(element);
      }
    } else if (result instanceof Iterable<?> elements) {
      elements.forEach(this::keepAll);
    }
  }

  /**
   * Moves a tensor to the scope outside this one, or out of all scopes when there is none.
   *
   * @return the tensor
   */
  public Tensor keep(Tensor tensor) {
    if (tensor.scope() == this) {
      tensor.moveTo(outer);
    }
    return tensor;
  }

  static TensorScope current() {
    return CURRENT.get();
  }

  static String currentName() {
    TensorScope scope = CURRENT.get();
    return scope == null ? "no scope" : scope.path();
  }

  void add(Tensor tensor) {
    tensors.add(tensor);
  }

  /** The names from the outermost scope to this one. */
  String path() {
    List<String> names = new ArrayList<>();
    for (TensorScope scope = this; scope != null; scope = scope.outer) {
      names.add(0, scope.name);
    }
    return String.join("/", names);
  }

  /**
   * Releases the scope's tensors.
   *
   * @throws IllegalStateException when it is not the innermost scope of this thread
   */
  @Override
  public void close() {
    if (CURRENT.get() != this) {
      throw new IllegalStateException(
          "scope "
              + path()
              + " is closed while "
              + currentName()
              + " is open: close scopes in the thread that opened them, the innermost first");
    }
    if (outer == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(outer);
    }
    for (int i = tensors.size() - 1; i >= 0; i--) {
      Tensor tensor = tensors.get(i);
      if (tensor.scope() == this) {
        tensor.close();
      }
    }
    tensors.clear();
  }
}
